import { decodeTrafficEntry, type TrafficEvent } from '../../contract/traffic-event.ts';
import type { TrafficStream } from '../../data-plane/telemetry/traffic/redis-traffic-stream.ts';
import type { TrafficBatch } from '../../data-plane/telemetry/traffic/traffic-batch.ts';

/** Takes what data planes report, as a control plane would read it. */
export class TrafficRecorder implements TrafficStream {
  readonly events: TrafficEvent[] = [];
  /** Whether it is there. Turned off, it takes nothing. */
  isThere = true;
  readonly batches: TrafficBatch[] = [];

  add(batches: readonly TrafficBatch[]) {
    if (!this.isThere) return Promise.resolve(batches.map(() => 'failed' as const));
    this.batches.push(...batches);
    for (const { gatewayId, count, lines } of batches) {
      const fields = { f: '1', g: gatewayId, n: String(count), e: lines.toString('utf8') };
      const entry = decodeTrafficEntry(new Map(Object.entries(fields)));
      if (!entry.ok || entry.value.faults.length > 0) throw new Error(`A data plane reported what nobody can read: ${lines.toString()}`);
      this.events.push(...entry.value.events);
    }
    return Promise.resolve(batches.map(() => 'added' as const));
  }
}
