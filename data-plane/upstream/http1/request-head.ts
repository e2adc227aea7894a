// Trust boundary: what becomes the head of a request on a connection that carries other callers' requests too. A value that could end its
// line, or a header that says where the request ends, would let one request be read as two.
import { errors } from 'undici';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_IN_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const NOT_IN_A_PATH = /[^\x21-\x7e\x80-\xff]/;

/** Headers that say how the request is framed or routed: they are written here and nowhere else. */
const OWN: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Names that were checked before: there are few, and they go with every request. */
const checked = new Set<string>();
const MAX_NAMES = 1_000;

/** The head of a request, up to and with its empty line. Throws where a part of it cannot be written as it is. */
export function toRequestHead(
  host: string,
  method: string,
  path: string,
  headers: readonly string[],
  bodyBytes: number | undefined,
): string {
  if (NOT_IN_A_PATH.test(path)) throw new errors.InvalidArgumentError('invalid path');
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]!;
    const value = headers[i + 1]!;
    if (!checked.has(name)) checkName(name);
    if (NOT_IN_A_VALUE.test(value)) throw new errors.InvalidArgumentError(`invalid value of ${name}`);
    head += `${name}: ${value}\r\n`;
  }
  return bodyBytes === undefined ? `${head}\r\n` : `${head}content-length: ${bodyBytes}\r\n\r\n`;
}

function checkName(name: string): void {
  if (!TOKEN.test(name) || OWN.has(name.toLowerCase())) throw new errors.InvalidArgumentError('invalid name of a header');
  if (checked.size < MAX_NAMES) checked.add(name);
}
