import { describe, expect, it } from 'vitest';
import { openLogger } from './logger.ts';

function logged(level: string, log: (logger: ReturnType<typeof openLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  log(openLogger({ service: 'data-plane', level }, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a logger', () => {
  it('writes one JSON object a line, with the level as a word and the time in ISO 8601', () => {
    const [line] = logged('info', (logger) => logger.info({ event: 'listening', port: 1 }, 'text'));
    expect(line).toMatchObject({ level: 'info', service: 'data-plane', pid: process.pid, event: 'listening', port: 1, msg: 'text' });
    expect(line?.['time']).toMatch(/^\d{4}-\d{2}-\d{2}T.*Z$/);
  });

  it('leaves out what is less severe than its level', () => {
    expect(logged('warn', (logger) => logger.info({ event: 'quiet' }))).toEqual([]);
  });

  it('censors headers that carry credentials', () => {
    const headers = { authorization: 'Bearer x', cookie: 'y', 'x-sluice-api-key': 'z', accept: '*/*' };
    const [line] = logged('info', (logger) => logger.info({ headers }));
    expect(line?.['headers']).toEqual({ authorization: '[secret]', cookie: '[secret]', 'x-sluice-api-key': '[secret]', accept: '*/*' });
  });
});
