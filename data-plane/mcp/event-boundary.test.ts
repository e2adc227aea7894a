import { describe, expect, it } from 'vitest';
import { EventBoundary } from './event-boundary.ts';

function isBetweenAfter(...chunks: string[]): boolean {
  const boundary = new EventBoundary();
  for (const chunk of chunks) boundary.note(Buffer.from(chunk));
  return boundary.isBetweenEvents();
}

describe('EventBoundary', () => {
  it('is between events at the start and after an empty line of any line ending', () => {
    for (const stream of ['', 'data: 1\n\n', 'data: 1\r\n\r\n', 'data: 1\r\r', 'data: 1\n\r\n', ': comment\n\n']) {
      expect(isBetweenAfter(stream), JSON.stringify(stream)).toBe(true);
    }
  });

  it('is inside an event everywhere else', () => {
    for (const stream of ['d', 'data: 1', 'data: 1\n', 'data: 1\r\n', 'data: 1\n\ndata: 2', 'id: 1\n']) {
      expect(isBetweenAfter(stream), JSON.stringify(stream)).toBe(false);
    }
  });

  it('does not depend on how the stream is cut', () => {
    const stream = 'id: 1\r\ndata: {"a":1}\r\n\r\ndata: 2\n\n';
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(isBetweenAfter(stream.slice(0, cut), stream.slice(cut))).toBe(true);
      expect(isBetweenAfter(...stream.slice(0, cut).split(''))).toBe(isBetweenAfter(stream.slice(0, cut)));
    }
  });
});
