import type { Writable } from 'node:stream';

/** So many writes do not wait for more: the other side could be working on the first ones already. */
const MAX_TOGETHER = 16;

/** How many writes after a lone one leave at once, before it is tried again whether there is company. */
const WRITES_ALONE = 16;

/** Connections whose writes wait. */
const waiting: Writable[] = [];
let isTurnScheduled = false;
let writtenInTurn = 0;
let writesAlone = 0;

/**
 * Lets what is about to be written leave with the writes of other connections, at the latest at the end of this turn of the event loop.
 * A write wakes the process that waits for it, and while that one sleeps this costs the writer more than everything else about the write;
 * one right after the other, the first one wakes it and the rest find it awake. Where a turn has one write only, nothing waits.
 */
export function writeTogether(connection: Writable | null): void {
  if (connection === null) return;
  if (writesAlone > 0) {
    writesAlone--;
    return;
  }
  connection.cork();
  waiting.push(connection);
  writtenInTurn++;
  if (waiting.length === MAX_TOGETHER) flush();
  if (isTurnScheduled) return;
  isTurnScheduled = true;
  setImmediate(onTurnEnd);
}

function onTurnEnd(): void {
  if (writtenInTurn === 1) writesAlone = WRITES_ALONE;
  isTurnScheduled = false;
  writtenInTurn = 0;
  flush();
}

function flush(): void {
  for (const connection of waiting) connection.uncork();
  waiting.length = 0;
}
