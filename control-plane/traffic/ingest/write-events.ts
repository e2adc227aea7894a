import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { toTrafficEventId, type TrafficEvent } from '../../../contract/traffic-event.ts';
import { toColumnTexts, trafficColumns, withoutNul } from '../traffic-columns.ts';

/** Where followers of the log listen: PostgreSQL sends a notification without a text when events were added. */
export const TRAFFIC_CHANNEL = 'sluice_traffic';

const EVENT_COLUMNS = ['id', 'has_payload', ...trafficColumns.map(({ column }) => column)].join(', ');
const PAYLOAD_COLUMNS = 'event_id, occurred_at, organization_id, arguments, result, arguments_truncated, result_truncated, redactions';

/**
 * Adds events to the log, in the transaction that the client is in. Those that are there already stay as they are: an event may be
 * delivered more than once. The partitions of their days must exist.
 * @returns how many were added.
 */
export async function writeTrafficEvents(client: ClientBase, events: readonly TrafficEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  await client.query(MAKE_STAGING);
  await copyInto(client, `COPY traffic_staging (${EVENT_COLUMNS}) FROM STDIN`, events.map(toEventLine));
  const captured = events.filter(({ payload }) => payload !== undefined);
  if (captured.length > 0) {
    await copyInto(client, `COPY traffic_payload_staging (${PAYLOAD_COLUMNS}) FROM STDIN`, captured.map(toPayloadLine));
    await client.query(
      `INSERT INTO traffic_payloads (${PAYLOAD_COLUMNS}) SELECT ${PAYLOAD_COLUMNS} FROM traffic_payload_staging ON CONFLICT DO NOTHING`,
    );
  }
  const { rowCount } = await client.query(
    `INSERT INTO traffic_events (${EVENT_COLUMNS}) SELECT ${EVENT_COLUMNS} FROM traffic_staging ORDER BY occurred_at, id ON CONFLICT DO NOTHING`,
  );
  await client.query(`TRUNCATE traffic_staging, traffic_payload_staging`);
  await client.query(`NOTIFY ${TRAFFIC_CHANNEL}`);
  return rowCount ?? 0;
}

/** Temporary tables are not logged, and nobody else sees them. They live as long as the connection and are emptied after each use. */
const MAKE_STAGING = `
  CREATE TEMPORARY TABLE IF NOT EXISTS traffic_staging (LIKE traffic_events) ON COMMIT DELETE ROWS;
  CREATE TEMPORARY TABLE IF NOT EXISTS traffic_payload_staging (LIKE traffic_payloads) ON COMMIT DELETE ROWS`;

async function copyInto(client: ClientBase, statement: string, lines: readonly string[]): Promise<void> {
  await pipeline([Buffer.from(lines.join(''))], client.query(copyFrom(statement)));
}

function toEventLine(event: TrafficEvent): string {
  const values = [toTrafficEventId(event), event.payload === undefined ? 'f' : 't', ...toColumnTexts(event)];
  return `${values.map(toCopyText).join('\t')}\n`;
}

function toPayloadLine(event: TrafficEvent): string {
  const { arguments: given, result, argumentsTruncated, resultTruncated, redactions } = event.payload!;
  const values = [
    toTrafficEventId(event),
    new Date(event.timeMs).toISOString(),
    event.organizationId ?? null,
    given === undefined ? null : withoutNul(given),
    result === undefined ? null : withoutNul(result),
    argumentsTruncated === true ? 't' : 'f',
    resultTruncated === true ? 't' : 'f',
    String(redactions),
  ];
  return `${values.map(toCopyText).join('\t')}\n`;
}

/** COPY's text format (PostgreSQL 18, COPY, Text Format). */
function toCopyText(value: string | null): string {
  if (value === null) return '\\N';
  return /[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character]!) : value;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
