import { openSampler } from '../../foundation/otlp/sampler.ts';
import type { Telemetry } from '../../foundation/otlp/telemetry.ts';
import type { OtlpSettings } from '../../foundation/otlp/variables.ts';
import { ControlPlaneMetrics } from './control-plane-metrics.ts';
import { WorkObserver } from './observer.ts';

/** What is exported from this process; undefined in its parts where nothing is. */
export type Exporting = Pick<Telemetry, 'addSpan' | 'exportMetrics' | 'counts'>;

/** A process that exports nothing. */
export const NO_EXPORT: Exporting = { addSpan: undefined, exportMetrics: () => undefined, counts: () => new Map() };

/** How the work of a process is seen from outside. */
export interface Observation {
  readonly metrics: ControlPlaneMetrics;
  readonly observer: WorkObserver;
}

/** Opens the metrics and traces of the process. */
export function openObservation(otlp: OtlpSettings | undefined, { addSpan, exportMetrics }: Exporting): Observation {
  const metrics = new ControlPlaneMetrics();
  const spans = addSpan === undefined || otlp === undefined ? undefined : { sampler: openSampler(otlp.sampler), add: addSpan };
  exportMetrics(() => metrics.registry.getMetricsAsJSON(), new Map());
  return { metrics, observer: new WorkObserver((work, outcome, seconds) => metrics.note(work, outcome, seconds), spans) };
}
