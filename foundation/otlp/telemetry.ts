import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { destination, type DestinationStream } from 'pino';
import { openLogger, type Logger } from '../logger.ts';
import { encodeLogLine } from './encoding.ts';
import { OtlpExporter, type ExportCounts, type Signal } from './exporter.ts';
import { encodeMetrics, type MetricAliases, type RegistryMetric } from './metrics.ts';
import type { OtlpSettings } from './variables.ts';

/** What a process says of itself to its operators. */
export interface Telemetry {
  /** Tells this process apart from all others, also from those that were in its place before. */
  readonly instanceId: string;
  readonly logger: Logger;
  /** Takes an encoded span; undefined where traces are not exported. */
  readonly addSpan: ((span: string) => void) | undefined;
  /** Takes a line of the log that did not go through the logger; undefined where lines are not exported. */
  readonly addLine: ((line: string) => void) | undefined;
  /** Exports what a registry counts from time to time, where metrics are exported. */
  exportMetrics(read: () => Promise<readonly RegistryMetric[]>, aliases: MetricAliases): void;
  /** What became of each exported signal. */
  counts(): ReadonlyMap<Signal, ExportCounts>;
  /** Sends what is left. For a process that stops. */
  close(): Promise<void>;
}

export interface TelemetryOptions {
  /** `control-plane` or `data-plane`. */
  readonly service: string;
  readonly level: string;
  readonly version: string;
  /** Undefined where nothing is exported. */
  readonly otlp: OtlpSettings | undefined;
}

/** Standard output, and whoever else wants the lines. */
class LineSplitter implements DestinationStream {
  readonly #output = destination({ fd: 1, sync: true });
  onLine: ((line: string) => void) | undefined;

  write(line: string): void {
    this.#output.write(line);
    this.onLine?.(line);
  }
}

/** Opens the log of a process, and its ways to a collector where it has one. */
export function openTelemetry({ service, level, version, otlp }: TelemetryOptions): Telemetry {
  const instanceId = randomUUID();
  const lines = otlp?.logs === true ? new LineSplitter() : undefined;
  const logger = openLogger({ service, level }, lines);
  const startedAtMs = Date.now();
  const resource = {
    'service.namespace': 'sluice',
    'service.name': `sluice-${service}`,
    'service.version': version,
    'service.instance.id': instanceId,
    'host.name': hostname(),
    'process.pid': process.pid,
  };
  const exporters = new Map<Signal, OtlpExporter>();
  for (const signal of ['traces', 'metrics', 'logs'] as const) {
    if (otlp?.[signal] === true) exporters.set(signal, new OtlpExporter({ settings: otlp, signal, resource, version, logger }));
  }
  const spans = exporters.get('traces');
  const metrics = exporters.get('metrics');
  const records = exporters.get('logs');
  const addLine = (line: string) => {
    const record = encodeLogLine(line);
    if (record !== undefined) records?.add(record);
  };
  if (lines !== undefined) lines.onLine = addLine;
  let exportOnce: (() => Promise<void>) | undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    instanceId,
    logger,
    addSpan: spans === undefined ? undefined : (span) => spans.add(span),
    addLine: records === undefined ? undefined : addLine,
    exportMetrics: (read, aliases) => {
      if (metrics === undefined || otlp === undefined) return;
      exportOnce = async () => {
        // Totals: what a collector that is away did not get is in the next ones.
        if (metrics.counts.queued > 0) return;
        for (const item of encodeMetrics(await read(), aliases, startedAtMs, Date.now())) metrics.add(item);
      };
      timer = setInterval(() => void exportOnce?.(), otlp.metricIntervalMs);
      timer.unref();
    },
    counts: () => new Map([...exporters].map(([signal, exporter]) => [signal, exporter.counts])),
    close: async () => {
      clearInterval(timer);
      await exportOnce?.();
      await Promise.all([...exporters.values()].map((exporter) => exporter.close()));
    },
  };
}
