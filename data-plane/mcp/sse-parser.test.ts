import { describe, expect, it } from 'vitest';
import { SseParser, type SseEvent } from './sse-parser.ts';

function read(pieces: readonly (string | Buffer)[], maxEventBytes = 1_000) {
  const events: SseEvent[] = [];
  const retries: number[] = [];
  const parser = new SseParser({ onEvent: (event) => void events.push(event), onRetry: (ms) => void retries.push(ms) }, maxEventBytes);
  const accepted = pieces.map((piece) => parser.push(Buffer.from(piece)));
  return { events, retries, accepted, lastEventId: parser.lastEventId };
}

const STREAM =
  '\uFEFFid: 1\nretry: 250\ndata:\n\n: keepalive\n\nevent: endpoint\ndata: /message?é=€\n\nid: 2\ndata: a\ndata:  b\ndata\nother: x\n\ndata: unfinished';

describe('SseParser', () => {
  it('reads events, ids and retries; a priming event only carries an id', () => {
    expect(read([STREAM])).toMatchObject({
      events: [
        { type: 'endpoint', data: '/message?é=€' },
        { type: 'message', data: 'a\n b\n' },
      ],
      retries: [250],
      lastEventId: '2',
    });
  });

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('reads the same events with %s in pieces of every size', (_name, ending) => {
    const bytes = Buffer.from(STREAM.replaceAll('\n', ending));
    const whole = read([bytes]);
    expect(whole.events).toHaveLength(2);
    for (let size = 1; size < bytes.length; size++) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
      expect(read(pieces).events, `pieces of ${size}`).toEqual(whole.events);
    }
  });

  it('ignores an id with a null character and a retry that is no number', () => {
    expect(read(['id: a\0b\nretry: soon\ndata: x\n\n'])).toMatchObject({ retries: [], lastEventId: '' });
  });

  it('gives up on an event that is larger than the limit, of one line or of many, and stays so', () => {
    expect(read([`data: ${'x'.repeat(2_000)}`, '\n\ndata: y\n\n'])).toMatchObject({ events: [], accepted: [false, false] });
    expect(read([Buffer.from('data\n'.repeat(500)), '\n'])).toMatchObject({ events: [], accepted: [false, false] });
    expect(read([Buffer.from('id: 1\n'.repeat(500)), '\n']).accepted).toEqual([false, false]);
  });

  it('does not count comments and finished events', () => {
    expect(read(Array.from({ length: 500 }, () => ': keepalive\n')).accepted).not.toContain(false);
    expect(read(Array.from({ length: 500 }, () => 'data: x\n\n')).events).toHaveLength(500);
  });
});
