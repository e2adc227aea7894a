import { describe, expect, it } from 'vitest';
import { ResponseParser } from './response-parser.ts';

/** What a response came to, as whoever is told of it sees it. */
interface Told {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  isComplete: boolean;
}

/** Pushes the parts of a response one after the other. */
function parse(parts: readonly string[], closes = false) {
  const told: Told = { status: 0, headers: {}, body: '', isComplete: false };
  const parser = new ResponseParser({
    onHead: (status, headers) => Object.assign(told, { status, headers: { ...headers } }),
    onBody: (chunk) => void (told.body += chunk.toString('latin1')),
    onEnd: () => void (told.isComplete = true),
  });
  parser.begin();
  let fault: string | undefined;
  for (const part of parts) fault ??= parser.push(Buffer.from(part, 'latin1'));
  if (closes && fault === undefined) parser.finish();
  return { ...told, fault, isReusable: parser.isReusable, keepAliveSeconds: parser.keepAliveSeconds };
}

const OK = 'HTTP/1.1 200 OK\r\n';
const SIZED = `${OK}Content-Type: application/json\r\ncontent-length: 5\r\n\r\nhello`;
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6;note=1\r\n world\r\n0\r\nx-trailer: 1\r\n\r\n`;

describe('responses', () => {
  it('reads a body of a known length', () => {
    expect(parse([SIZED])).toMatchObject({ status: 200, body: 'hello', isComplete: true, isReusable: true, fault: undefined });
    expect(parse([SIZED]).headers).toEqual({ 'content-type': 'application/json', 'content-length': '5' });
  });

  it.each([
    ['of a known length', SIZED, 'hello'],
    ['in chunks', CHUNKED, 'hello world'],
    ['after an interim one', `HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n${SIZED}`, 'hello'],
  ])('reads one %s wherever it is cut', (_, text, body) => {
    for (let cut = 1; cut < text.length; cut++) {
      expect(parse([text.slice(0, cut), text.slice(cut)]), `cut at ${cut}`).toMatchObject({ body, isComplete: true, isReusable: true });
    }
    expect(parse(text.split(''))).toMatchObject({ body, isComplete: true, isReusable: true });
  });

  it('reads a body that ends with the connection, which is not used again', () => {
    expect(parse([`${OK}\r\nhel`, 'lo'], true)).toMatchObject({ body: 'hello', isComplete: true, isReusable: false });
    expect(parse([`HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello`])).toMatchObject({ isComplete: true, isReusable: false });
  });

  it('knows which responses have no body', () => {
    expect(parse(['HTTP/1.1 204 No Content\r\n\r\n'])).toMatchObject({ status: 204, isComplete: true, isReusable: true });
    expect(parse(['HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n'])).toMatchObject({ status: 202, isComplete: true });
  });

  it('says when the connection may not be used again, or not for long', () => {
    expect(parse([`${OK}connection: Close\r\ncontent-length: 0\r\n\r\n`]).isReusable).toBe(false);
    expect(parse([`${OK}connection: x, close\r\ncontent-length: 0\r\n\r\n`]).isReusable).toBe(false);
    expect(parse([`${OK}keep-alive: timeout=7, max=3\r\ncontent-length: 0\r\n\r\n`]).keepAliveSeconds).toBe(7);
  });

  it('keeps the values of a repeated header apart, trims blanks and keeps every byte', () => {
    const { headers } = parse([`${OK}a: 1\r\nA:\t2 \r\nb: \xa0\xe9\xa0\r\n__proto__: x\r\ncontent-length: 0\r\n\r\n`]);
    expect(headers).toEqual({ a: ['1', '2'], b: '\xa0\xe9\xa0', 'content-length': '0' });
  });

  it('passes nothing on while it is paused, and everything afterwards', () => {
    const chunks: string[] = [];
    let isComplete = false;
    const parser = new ResponseParser({
      onHead: () => undefined,
      onBody: (chunk) => {
        chunks.push(chunk.toString());
        parser.pause();
      },
      onEnd: () => void (isComplete = true),
    });
    parser.begin();
    parser.push(Buffer.from(CHUNKED));
    expect(chunks).toEqual(['hello']);
    parser.resume();
    expect([chunks, isComplete]).toEqual([['hello', ' world'], false]);
    parser.resume();
    expect(isComplete).toBe(true);
  });
});

describe('what is no answer', () => {
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['another version of HTTP', 'HTTP/2 200 OK\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 099 No\r\n\r\n'],
    ['a switch of protocols that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n'],
    ['a length and chunks', `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunks before HTTP/1.1', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a coding that is not chunked', `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['chunks that are named twice', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${OK}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`],
    ['a list of lengths', `${OK}content-length: 5, 5\r\n\r\nhello`],
    ['a signed length', `${OK}content-length: +5\r\n\r\nhello`],
    ['a length that nobody can count', `${OK}content-length: 99999999999999999999\r\n\r\nhello`],
    ['a header line that goes on in the next one', `${OK}a: 1\r\n 2\r\n\r\n`],
    ['a blank before the colon', `${OK}content-length : 5\r\n\r\nhello`],
    ['a line that ends with a line feed alone', `${OK}a: 1\ncontent-length: 5\r\n\r\nhello`],
    ['a carriage return in a value', `${OK}a: 1\rb: 2\r\n\r\n`],
    ['a null in a value', `${OK}a: \0\r\n\r\n`],
    ['a line without a colon', `${OK}nothing\r\n\r\n`],
    ['a size that is none', `${OK}transfer-encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n`],
    ['a negative size', `${OK}transfer-encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n`],
    ['a size that nobody can count', `${OK}transfer-encoding: chunked\r\n\r\nfffffffff\r\nhello\r\n`],
    ['a chunk that is longer than it says', `${OK}transfer-encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n`],
    ['a size without an end', `${OK}transfer-encoding: chunked\r\n\r\n${'0'.repeat(2_000)}`],
    ['a head without an end', `${OK}a: ${'1'.repeat(20_000)}`],
  ])('is refused: %s', (_, text) => {
    const { fault, isComplete } = parse([text]);
    expect(fault).toMatch(/^(HPE_|UND_ERR_HEADERS_OVERFLOW$)/);
    expect(isComplete).toBe(false);
  });

  it('is what comes without a request', () => {
    const parser = new ResponseParser({ onHead: () => undefined, onBody: () => undefined, onEnd: () => undefined });
    expect(parser.push(Buffer.from(SIZED))).toMatch(/^HPE_/);
  });

  it('is a second answer to one request: the first one counts, and nothing is asked on the connection again', () => {
    const forged = SIZED.replace('hello', 'HELLO');
    expect(parse([SIZED + forged])).toMatchObject({ body: 'hello', isComplete: true, isReusable: false });
    expect(parse([CHUNKED + forged])).toMatchObject({ body: 'hello world', isComplete: true, isReusable: false });
    expect(parse([`HTTP/1.1 204 No Content\r\n\r\n${forged}`])).toMatchObject({ body: '', isComplete: true, isReusable: false });
  });

  it('is half of one', () => {
    expect(parse([SIZED.slice(0, -1)], true).isComplete).toBe(false);
    expect(parse([CHUNKED.slice(0, -2)], true).isComplete).toBe(false);
    expect(parse([OK], true).isComplete).toBe(false);
  });
});
