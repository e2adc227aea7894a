import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { RawUpstream } from './raw-server.ts';

const { server } = new RawUpstream();
server.listen({ port: 0, host: '127.0.0.1', backlog: 16_384 });
await once(server, 'listening');
process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
