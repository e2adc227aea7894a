import type { SamplerSettings } from './variables.ts';

/** Whether a trace is recorded. */
export type Sampler = (traceId: string, isSampledByParent: boolean | undefined) => boolean;

/** How many hexadecimal digits of a trace id decide: the last ones, which are random (W3C Trace Context Level 2, section 3.2.2.3). */
const DECIDING_DIGITS = 12;
const RANGE = 16 ** DECIDING_DIGITS;

/** All parts of a system that record the same share of traces record the same traces, because the id decides. */
export function openSampler({ name, ratio }: SamplerSettings): Sampler {
  const isIncluded = (traceId: string) => Number.parseInt(traceId.slice(-DECIDING_DIGITS), 16) < ratio * RANGE;
  switch (name) {
    case 'always_on':
      return () => true;
    case 'always_off':
      return () => false;
    case 'traceidratio':
      return isIncluded;
    case 'parentbased_always_on':
      return (_traceId, parent) => parent ?? true;
    case 'parentbased_always_off':
      return (_traceId, parent) => parent ?? false;
    case 'parentbased_traceidratio':
      return (traceId, parent) => parent ?? isIncluded(traceId);
  }
}
