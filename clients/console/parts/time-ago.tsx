import { Tooltip } from '@mantine/core';
import { useNowMs } from './now.ts';

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** A time in words, with the exact one for whoever points at it. */
export function TimeAgo({ at }: { at: string }) {
  const nowMs = useNowMs();
  const date = new Date(at);
  return (
    <Tooltip label={absolute.format(date)}>
      <time dateTime={at}>{describe(date, nowMs)}</time>
    </Tooltip>
  );
}

function describe(date: Date, nowMs: number): string {
  const seconds = Math.round((date.getTime() - nowMs) / 1_000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return Math.abs(seconds) < 30 ? 'just now' : relative.format(Math.round(seconds / size), unit);
}
