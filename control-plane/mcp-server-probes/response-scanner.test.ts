import { expect, it } from 'vitest';
import { ResponseScanner } from './response-scanner.ts';

const RESPONSE = { jsonrpc: '2.0', id: 1, result: { ok: true } };
const STREAM = `: hello\r\n\r\nevent: message\ndata: {"jsonrpc":"2.0","method":"notifications/message"}\n\nid: 7\ndata: ${JSON.stringify(RESPONSE)}\n\n`;

it.each([1, 2, 7, STREAM.length])('a response is found in pieces of %i characters, and not before it is complete', (size) => {
  const scanner = new ResponseScanner();
  const found: unknown[] = [];
  for (let at = 0; at < STREAM.length; at += size) found.push(scanner.push(STREAM.slice(at, at + size)));
  expect(found.pop()).toEqual(RESPONSE);
  expect(found.every((message) => message === undefined)).toBe(true);
});

it('small pieces of a long event cost no more than the event', () => {
  const scanner = new ResponseScanner();
  const startedAt = performance.now();
  for (let i = 0; i < 100_000; i++) scanner.push('\n'.repeat(i % 2) + 'x');
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
