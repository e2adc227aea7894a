import { EventBoundary } from '../../data-plane/mcp/event-boundary.ts';
import { SseParser, type SseEvent } from '../../data-plane/mcp/sse-parser.ts';
import { cut } from './cut.ts';
import { mutate } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

const STREAMS: readonly string[] = [
  'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n',
  '\uFEFFid: 1\nretry: 500\ndata:\n\n: keepalive\n\nevent: endpoint\ndata: /message?id=ä€😀\n\n',
  'data: a\r\ndata: b\r\rdata\r\n\r\nid: 9\n\ndata: last',
  ':\n:\n:\n\n\n\ndata\n\nfoo\nbar: baz\n\n',
];
const WORDS: readonly string[] = ['\n', '\r', '\r\n', '\n\n', 'data:', 'data: ', 'event:', 'id:', 'id: \0\n', 'retry:', 'retry: 99999999999\n', ':', '\uFEFF', '\u0000', 'x'.repeat(300)]; // prettier-ignore

const MAX_EVENT_BYTES = 1_024;

/** Streams of upstreams, in pieces of any size. */
export const eventStreams: FuzzTarget = {
  name: 'event stream parser',
  run(random) {
    const bytes = mutate(Buffer.from(random.pick(STREAMS)), random, WORDS);
    const whole = read([bytes], MAX_EVENT_BYTES);
    const pieces = cut(bytes, random);
    if (JSON.stringify(read(pieces, MAX_EVENT_BYTES)) !== JSON.stringify(whole)) return 'pieces say something else than the whole';
    if (whole.events.some(({ data }) => data.length > MAX_EVENT_BYTES)) return 'an event above the limit';
    const unlimited = read([bytes], 1_000_000);
    if (JSON.stringify(unlimited.events) !== JSON.stringify(readByTheBook(bytes))) return 'other events than by the book';
    const boundary = new EventBoundary();
    for (const piece of pieces) boundary.note(piece);
    return boundary.isBetweenEvents() && bytes.length > 0 && !/(\r\r|\n\n|\r\n\r|\n\r|\r\n\r\n|\r\n\n)\n?$/.test(bytes.toString('latin1')) ? 'not between events' : undefined; // prettier-ignore
  },
};

function read(pieces: readonly Buffer[], maxEventBytes: number) {
  const events: SseEvent[] = [];
  const parser = new SseParser({ onEvent: (event) => void events.push(event) }, maxEventBytes);
  const isWhole = pieces.map((piece) => parser.push(piece)).at(-1) ?? true;
  return { events, isWhole };
}

/** WHATWG HTML, Server-sent events, section 9.2.6, word for word and with all of the stream in memory. */
function readByTheBook(bytes: Buffer): SseEvent[] {
  const events: SseEvent[] = [];
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const lines = text.split(/\r\n|\r|\n/).slice(0, -1); // what no line end follows is not a line yet
  let [type, data] = ['', ''];
  for (const line of lines) {
    const [, field = '', value = ''] = /^([^:]*)(?::[ ]?([^]*))?$/.exec(line) ?? [];
    if (line === '') {
      if (data !== '' && data !== '\n') events.push({ type: type === '' ? 'message' : type, data: data.slice(0, -1) });
      [type, data] = ['', ''];
    } else if (field === 'event') type = value;
    else if (field === 'data') data += `${value}\n`;
  }
  return events;
}
