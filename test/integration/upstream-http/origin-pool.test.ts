import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { buildConnector, type Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OriginPool } from '../../../data-plane/upstream/http1/origin-pool.ts';
import type { UpstreamCall } from '../../../data-plane/upstream/http1/pending-request.ts';
import { eventually } from '../../support/eventually.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

let server: Server;
let pool: OriginPool;
/** Every connection that the upstream got, with what came on it. */
let received: { readonly socket: Socket; text: string }[];
let answer: (socket: Socket, text: string) => void;

beforeEach(async () => {
  received = [];
  answer = (socket) => void socket.write(ANSWER);
  server = createServer((socket) => {
    const connection = { socket, text: '' };
    received.push(connection);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      connection.text += bytes.toString('latin1');
      answer(socket, connection.text);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  pool = new OriginPool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, buildConnector({ allowH2: false }));
});

afterEach(() => {
  pool.destroy();
  for (const { socket } of received) socket.destroy();
  server.close();
});

interface Sent {
  readonly controller: Dispatcher.DispatchController | undefined;
  readonly status: number;
  readonly body: string;
  readonly error: (Error & { readonly code?: string }) | undefined;
}

/** Sends a request and waits until it is over. `watch` is called with each piece of the body. */
function send(call: Partial<UpstreamCall> = {}, watch?: (controller: Dispatcher.DispatchController, chunk: Buffer) => void): Promise<Sent> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let [status, body] = [0, ''];
    pool.dispatch(
      { path: '/mcp', method: 'POST', headers: [], body: Buffer.from('{}'), headersTimeout: 0, ...call },
      {
        onRequestStart: (started) => void (controller = started),
        onResponseStart: (_, code) => void (status = code),
        onResponseData: (given, chunk) => {
          body += chunk.toString('latin1');
          watch?.(given, chunk);
        },
        onResponseEnd: () => resolve({ controller, status, body, error: undefined }),
        onResponseError: (_, error) => resolve({ controller, status, body, error }),
      },
    );
  });
}

describe('requests to one origin', () => {
  it('are written as they are, and share a connection one after the other', async () => {
    const body = Buffer.from('{"text":"é\u0000"}');
    await send({ headers: ['mcp-name', 'x', 'accept', '*/*'], body });
    await send({ method: 'GET', body: null });
    expect(received).toHaveLength(1);
    const { port } = server.address() as AddressInfo;
    const host = `host: 127.0.0.1:${port}\r\nconnection: keep-alive\r\n`;
    expect(received[0]!.text).toBe(
      `POST /mcp HTTP/1.1\r\n${host}mcp-name: x\r\naccept: */*\r\ncontent-length: ${body.length}\r\n\r\n${body.toString('latin1')}` +
        `GET /mcp HTTP/1.1\r\n${host}\r\n`,
    );
  });

  it('get a connection each while they are under way', async () => {
    const waiting: Socket[] = [];
    answer = (socket) => {
      waiting.push(socket);
      if (waiting.length === 3) for (const one of waiting) one.write(ANSWER);
    };
    const outcomes = await Promise.all([send(), send(), send()]);
    expect(outcomes.map(({ body }) => body)).toEqual(['ok', 'ok', 'ok']);
    expect(received).toHaveLength(3);
  });

  it('leave a connection alone on which more came than was asked for', async () => {
    answer = (socket) => void socket.write(`${ANSWER}HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged`);
    expect((await send()).body).toBe('ok');
    answer = (socket) => void socket.write(ANSWER);
    expect((await send()).body).toBe('ok');
    expect(received).toHaveLength(2);
  });

  it('do not get what comes while nobody asks', async () => {
    await send();
    received[0]!.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged');
    await eventually(async () => expect(received[0]!.socket.readableEnded).toBe(true));
    expect((await send()).body).toBe('ok');
    expect(received).toHaveLength(2);
  });

  it('find another connection where the upstream has closed the one that was free, or is about to', async () => {
    await send();
    received[0]!.socket.end();
    await eventually(async () => expect(received[0]!.socket.destroyed).toBe(true));
    answer = (socket) => void socket.write(ANSWER.replace('\r\n\r\n', '\r\nkeep-alive: timeout=1\r\n\r\n'));
    await send();
    await send();
    expect(received).toHaveLength(3);
  });

  it('are not answered by what belongs to one that was given up', async () => {
    answer = () => undefined;
    let controller: Dispatcher.DispatchController | undefined;
    const given = new Promise<Error>((resolve) => {
      pool.dispatch(
        { path: '/mcp', method: 'POST', headers: [], body: null, headersTimeout: 0 },
        { onRequestStart: (started) => void (controller = started), onResponseError: (_, error) => resolve(error) },
      );
    });
    await eventually(async () => expect(received[0]?.text).toContain('\r\n\r\n'));
    controller!.abort(new Error('given up'));
    expect((await given).message).toBe('given up');
    answer = (socket) => void socket.write(ANSWER);
    const next = await send();
    controller!.abort(new Error('again')); // of a request that is over: nobody else may be hit
    expect([next.body, (await send()).body, received.length]).toEqual(['ok', 'ok', 2]);
  });

  it('fail where the connection ends in the middle of an answer, and where the head takes too long', async () => {
    answer = (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf');
    expect(await send()).toMatchObject({ status: 200, body: 'half', error: { code: 'UND_ERR_SOCKET' } });
    answer = () => undefined;
    expect((await send({ headersTimeout: 30 })).error?.code).toBe('UND_ERR_HEADERS_TIMEOUT');
    answer = (socket) => void socket.write('SSH-2.0\r\n\r\n');
    expect((await send()).error?.code).toMatch(/^HPE_/);
  });

  it('are read no faster than their client does', async () => {
    const size = 8 * 1024 * 1024;
    answer = (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`);
      socket.write(Buffer.alloc(size, 'x'));
    };
    let controller: Dispatcher.DispatchController | undefined;
    let bytes = 0;
    const outcome = send({}, (given, chunk) => {
      controller = given;
      bytes += chunk.length;
      if (bytes === chunk.length) given.pause();
    });
    await eventually(async () => expect(bytes).toBeGreaterThan(0));
    const before = bytes;
    await delay(50); // nothing may come: there is nothing to wait for
    expect(bytes).toBe(before);
    controller!.resume();
    expect((await outcome).body).toHaveLength(size);
    answer = (socket) => void socket.write(ANSWER);
    expect((await send()).body).toBe('ok');
  });

  it.each([
    ['a value that ends its line', { headers: ['mcp-name', 'x\r\nhost: other'] }],
    ['a name that ends its line', { headers: ['a: b\r\nc', 'x'] }],
    ['a length of its own', { headers: ['Content-Length', '0'] }],
    ['a coding of its own', { headers: ['transfer-encoding', 'chunked'] }],
    ['a host of its own', { headers: ['host', 'other'] }],
    ['a path that ends its line', { path: '/mcp HTTP/1.1\r\nhost: other' }],
  ])('never go out with %s', async (_, call) => {
    expect((await send(call)).error?.code).toBe('UND_ERR_INVALID_ARG');
    expect((await send()).body).toBe('ok');
    expect(received.map(({ text }) => text).join('')).not.toMatch(/other|chunked|content-length: 0/i);
  });

  it('all end with the pool', async () => {
    answer = () => undefined;
    const outcome = send();
    await eventually(async () => expect(received[0]?.text).toContain('{}'));
    pool.destroy();
    expect((await outcome).error?.code).toBe('UND_ERR_SOCKET');
    expect((await send()).error?.code).toBe('UND_ERR_DESTROYED');
  });
});
