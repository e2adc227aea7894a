import { expect } from 'vitest';
import { decodeTrafficEntry, type TrafficEvent } from '../../contract/traffic-event.ts';
import type { TrafficStream } from '../../data-plane/telemetry/traffic/redis-traffic-stream.ts';
import type { TrafficBatch } from '../../data-plane/telemetry/traffic/traffic-batch.ts';
import { eventually } from './eventually.ts';
import { sendMcp } from './mcp-request.ts';

/** Takes what data planes report, as a control plane would read it. */
export class TrafficRecorder implements TrafficStream {
  readonly events: TrafficEvent[] = [];
  /** Whether it is there. Turned off, it takes nothing. */
  isThere = true;
  readonly batches: TrafficBatch[] = [];

  add(batches: readonly TrafficBatch[]) {
    if (!this.isThere) return Promise.resolve(batches.map(() => 'failed' as const));
    this.batches.push(...batches.map((batch) => ({ ...batch, lines: Buffer.from(batch.lines) }))); // their memory is used again
    for (const { gatewayId, count, lines } of batches) {
      const fields = { f: '1', g: gatewayId, n: String(count), e: lines.toString('utf8') };
      const entry = decodeTrafficEntry(new Map(Object.entries(fields)));
      if (!entry.ok || entry.value.faults.length > 0) throw new Error(`A data plane reported what nobody can read: ${lines.toString()}`);
      this.events.push(...entry.value.events);
    }
    return Promise.resolve(batches.map(() => 'added' as const));
  }

  /**
   * The events so far, in the order in which they happened, once there are so many; a moment later there are no more.
   * @param urls one of each process that reports.
   */
  async read(count: number, urls: readonly string[]): Promise<TrafficEvent[]> {
    await eventually(async () => expect(this.events.length, this.#describe()).toBeGreaterThanOrEqual(count));
    for (const url of urls) await sendMcp(url, { key: 'slc_nobody' });
    const isMarker = ({ reason }: TrafficEvent) => reason === 'credential_invalid';
    await eventually(async () => expect(this.events.filter(isMarker)).toHaveLength(urls.length));
    const found = this.events.filter((event) => !isMarker(event));
    this.events.splice(0, this.events.length, ...found);
    expect(found, this.#describe()).toHaveLength(count);
    return found.toSorted((a, b) => a.timeMs - b.timeMs);
  }

  #describe(): string {
    return this.events.map(({ kind, method }) => `${kind} ${method ?? ''}`).join(', ');
  }
}
