import { parseArgs } from 'node:util';
import { startFixtureServer, type Eras } from './fixture-server.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, eras: { type: 'string', default: 'both' } } });
if (!['both', 'legacy', 'modern'].includes(values.eras)) throw new Error(`--eras is both, legacy or modern; not ${values.eras}`);
const server = await startFixtureServer({ port: Number(values.port), eras: values.eras as Eras });
process.stdout.write(`${JSON.stringify({ event: 'listening', url: server.url })}\n`);
process.once('SIGTERM', () => void server.close());
