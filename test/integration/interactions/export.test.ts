import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Request, Response } from 'express';
import express from 'express';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Access } from '../../../control-plane/authorization/index.ts';
import { openDatabase } from '../../../control-plane/database/open-database.ts';
import type { RequestAuthenticator } from '../../../control-plane/http/authenticate-request.ts';
import { buildApiSchema } from '../../../control-plane/http/build-api-schema.ts';
import { InteractionExport } from '../../../control-plane/http/interaction-export.ts';
import { openLogger } from '../../../foundation/logger.ts';
import { addTraffic } from '../../support/add-traffic.ts';
import { eventually } from '../../support/eventually.ts';
import type { TestDatabase } from '../../support/postgres-admin.ts';
import { createTestDatabase } from '../../support/test-database.ts';

/** More than the sockets between a server and a client that does not read hold. */
const EVENTS = 6_000;
const STALL_MS = 700;

let database: TestDatabase;
let orm: MikroORM;
let server: Server;
let patient: InteractionExport;
let impatient: InteractionExport;
let exports: InteractionExport;
const sockets: Socket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase(database.url);
  await addTraffic(
    database.url,
    Array.from({ length: EVENTS }, (_, sequence) => ({
      gatewayId: 'dp_00000000-0000-4000-8000-000000000001', sequence, timeMs: Date.now(), kind: 'REQUEST', outcome: 'COMPLETED',
      organizationId: 'org_1', capabilityKind: 'TOOL', capabilityName: 'x'.repeat(1_000), errorReason: 'y'.repeat(200),
    })),
  ); // prettier-ignore
  const parts = {
    schema: buildApiSchema(),
    em: orm.em,
    authenticator: {
      authenticate: async (_em: unknown, req: Request) => accessOf(String(req.headers['x-caller'])),
    } as RequestAuthenticator,
    logger: openLogger({ service: 'control-plane', level: 'silent' }),
  };
  [patient, impatient] = [new InteractionExport(parts), new InteractionExport({ ...parts, stallMs: STALL_MS })];
  exports = patient;
  const app = express();
  app.use(express.json(), (req: Request, res: Response) => void exports.handle(req, res));
  server = createServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await orm.close();
  await database.drop();
});

function accessOf(keyId: string): Access {
  return {
    actor: { kind: 'service', keyId, scopes: ['API_READ'] },
    organizationRoles: new Map([['org_1', 'OWNER']]),
    workspaceSeats: new Map(),
  };
}

const portOf = () => (server.address() as AddressInfo).port;
const BODY = JSON.stringify({ organizationId: 'org_1' });

/** A client that reads the head, and then no more. */
async function stall(caller: string): Promise<Socket> {
  const socket = connect(portOf(), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined); // the server ends it
  const head = ['POST / HTTP/1.1', 'host: x', `x-caller: ${caller}`, 'content-type: application/json', `content-length: ${BODY.length}`];
  socket.write(`${head.join('\r\n')}\r\n\r\n${BODY}`);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  expect(chunk.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
  socket.pause();
  return socket;
}

function ask(caller: string) {
  return fetch(`http://127.0.0.1:${portOf()}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-caller': caller },
    body: BODY,
  });
}

it('who reads slowly keeps nobody else waiting, and is cut off', async () => {
  exports = impatient;
  const [first] = await Promise.all([stall('slow'), stall('slow')]);
  const third = await ask('slow');
  expect([third.status, third.headers.get('retry-after'), await third.text()]).toEqual([429, '10', expect.stringContaining('at most 2')]);
  const quick = await ask('quick');
  expect((await quick.text()).split('\n')).toHaveLength(EVENTS + 1);
  await eventually(async () => {
    const again = await ask('slow');
    expect(again.status).toBe(200);
    await again.text();
  });
  // What was on its way arrives, and then the file breaks off: nobody takes it for whole.
  let end = '';
  first.on('data', (chunk: Buffer) => (end = chunk.toString('latin1').slice(-5))).resume();
  await once(first, 'close');
  expect(end).not.toBe('0\r\n\r\n');
});

it('there is room for twenty', async () => {
  exports = patient;
  await Promise.all(Array.from({ length: 20 }, (_, index) => stall(`caller ${Math.floor(index / 2)}`)));
  const refused = await ask('one more');
  expect(refused.status).toBe(429);
  expect(await refused.text()).toContain('Too many exports');
  patient.stop();
  await eventually(async () => expect((await ask('one more')).status).toBe(200));
});
