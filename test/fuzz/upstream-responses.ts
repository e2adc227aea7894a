import { ResponseParser } from '../../data-plane/upstream/http1/response-parser.ts';
import { cut } from './cut.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

const RESPONSES: readonly string[] = [
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"jsonrpc":2}',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=1\r\n world\r\n0\r\nx-sum: 1\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 404 Not Found\r\nkeep-alive: timeout=5\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.0 200 OK\r\nserver: old\r\n\r\nuntil the end',
  'HTTP/1.1 202 Accepted\r\nconnection: close\r\nmcp-session-id: a-b\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n',
];
const WORDS: readonly string[] = ['\r\n', '\n', '\r', '\r\n\r\n', ' ', '\t', ':', '0\r\n\r\n', 'content-length: 5\r\n', 'content-length: -1\r\n', 'Transfer-Encoding: chunked\r\n', 'transfer-encoding: gzip, chunked\r\n', 'ffffffff\r\n', '1\r\nx\r\n', '\u0000', 'x'.repeat(300), 'HTTP/1.1 100 Continue\r\n\r\n']; // prettier-ignore

/** Answers of upstreams on a connection of the data plane's own, in pieces of any size. */
export const upstreamResponses: FuzzTarget = {
  name: 'response parser',
  run(random: Random) {
    const bytes = mutate(Buffer.from(random.pick(RESPONSES), 'latin1'), random, WORDS);
    const whole = read([bytes]);
    const pieces = read(cut(bytes, random));
    // How much of a faulty answer was passed on before the fault depends on the pieces; what is complete does not.
    if (whole.isComplete !== pieces.isComplete) return 'pieces are complete where the whole is not, or the other way around';
    if (whole.isComplete && JSON.stringify(whole) !== JSON.stringify(pieces)) return 'pieces say something else than the whole';
    if (whole.body.length > bytes.length) return 'more body than bytes';
    return whole.heads > 1 || whole.ends > 1 ? 'one request has two answers' : undefined;
  },
};

function read(pieces: readonly Buffer[]) {
  const seen = { status: 0, headers: {} as object, body: '', heads: 0, ends: 0, isComplete: false };
  const parser = new ResponseParser({
    onHead: (status, headers) => Object.assign(seen, { status, headers, heads: seen.heads + 1 }),
    onBody: (chunk) => void (seen.body += chunk.toString('latin1')),
    onEnd: () => Object.assign(seen, { ends: seen.ends + 1, isComplete: true }),
  });
  parser.begin();
  for (const piece of pieces) if (parser.push(piece) !== undefined) return seen;
  parser.finish();
  return seen;
}
