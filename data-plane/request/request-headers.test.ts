import { createServer, IncomingMessage, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../server.ts';
import { GatewayRequest } from './request-headers.ts';

interface Seen {
  readonly own: IncomingHttpHeaders;
  readonly prepared: IncomingHttpHeaders;
}

describe('GatewayRequest', () => {
  const server = createServer({ IncomingMessage: GatewayRequest }, (req, res) => {
    const prepared = { ...req.headers };
    seen = { own: { ...Reflect.get(IncomingMessage.prototype, 'headers', req) }, prepared };
    res.end();
  });
  let port: number;
  let seen: Seen;

  beforeAll(async () => {
    port = await listen(server, '127.0.0.1', 0);
  });
  afterAll(() => void server.close());

  /** What Node makes of the lines, and what we do. */
  async function read(lines: readonly string[]): Promise<Seen> {
    const socket = connect(port, '127.0.0.1');
    socket.end(['GET / HTTP/1.1', 'Host: gateway.example', ...lines, '', ''].join('\r\n'));
    await new Promise((resolve) => socket.resume().once('close', resolve));
    return { own: seen.own, prepared: JSON.parse(JSON.stringify(seen.prepared)) as IncomingHttpHeaders };
  }

  it.each([
    [
      'ordinary ones',
      ['Content-Type: application/json', 'accept: */*', 'MCP-SESSION-ID: s1', 'Mcp-Param-Region: eu', 'X-Forwarded-For: ::1'],
    ],
    ['a list that comes in two', ['Accept: application/json', 'accept: text/event-stream', 'Authorization: Bearer a']],
    [
      'one of which only the first counts',
      ['Authorization: Bearer a', 'authorization: Bearer b', 'Content-Type: text/plain', 'content-type: a/b'],
    ],
    ['two sessions', ['Mcp-Session-Id: one', 'mcp-session-id: two']],
    ['two origins', ['Origin: https://a.example', 'Origin: https://b.example']],
    ['empty values', ['Authorization:', 'Authorization: Bearer b', 'X-Empty:']],
    ['names of what objects inherit', ['constructor: a', '__proto__: b', 'toString: c', 'hasOwnProperty: d']],
    ['many', Array.from({ length: 300 }, (_, index) => `X-Header-${index}: ${index}`)],
  ])('says what Node says of %s', async (_name, lines) => {
    const { own, prepared } = await read(lines);
    expect(prepared).toEqual(own);
    expect(Object.keys(own).length).toBeGreaterThan(0);
  });
});
