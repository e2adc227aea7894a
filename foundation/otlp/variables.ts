import { z } from 'zod';
import { baseUrlVariable, ConfigError, integerVariable, parsedVariable } from '../read-config.ts';
import { Secret } from '../secret.ts';

/** Which traces are recorded that come with a verdict of their sender, and which of those that begin here. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** The most headers and attributes that are sent with everything that is exported. */
const MAX_PAIRS = 32;

const exporterVariable = z.enum(['otlp', 'none']).default('otlp');

/** The variables by which a process is connected to an OpenTelemetry collector, named as the OpenTelemetry specification names them. */
export const otlpVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: baseUrlVariable
    .optional()
    .describe(
      'Base URL of an OpenTelemetry collector (OTLP over HTTP with JSON), usually with port 4318. Traces, metrics and logs go to `/v1/traces`, `/v1/metrics` and `/v1/logs` below it. Not set: nothing is exported.',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: parsedVariable((text) => new Map(readPairs('OTEL_EXPORTER_OTLP_HEADERS', text).map(toSecret)))
    .prefault('')
    .describe('Headers for the collector, `name=value,name=value`, values percent-encoded. They may be secrets and are never shown.'),
  OTEL_EXPORTER_OTLP_TIMEOUT: integerVariable(1, 600_000)
    .prefault('10000')
    .describe('How long the collector may take to answer, in milliseconds.'),
  OTEL_RESOURCE_ATTRIBUTES: parsedVariable((text) => readPairs('OTEL_RESOURCE_ATTRIBUTES', text))
    .prefault('')
    .describe(
      'What everything that is exported says of the process besides its service, version, host and instance, `name=value,name=value`, values percent-encoded.',
    ),
  OTEL_TRACES_EXPORTER: exporterVariable.describe('Whether traces are exported where there is a collector.'),
  OTEL_METRICS_EXPORTER: exporterVariable.describe('Whether metrics are exported where there is a collector.'),
  OTEL_LOGS_EXPORTER: exporterVariable.describe(
    'Whether log lines are exported where there is a collector. They are written to standard output as well.',
  ),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS)
    .default('parentbased_always_on')
    .describe(
      'Which traces are recorded: all, none, or a share of them; with `parentbased_` this holds for traces that begin here, and those that a client began are recorded where it records them.',
    ),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, 'must be a number between 0 and 1')
    .transform(Number)
    .prefault('1')
    .describe('The share of traces that a sampler with `traceidratio` records, between 0 and 1.'),
  OTEL_BSP_SCHEDULE_DELAY: integerVariable(1, 600_000)
    .prefault('5000')
    .describe('How long spans and log lines wait for others to be exported with, in milliseconds.'),
  OTEL_METRIC_EXPORT_INTERVAL: integerVariable(1_000, 3_600_000)
    .prefault('60000')
    .describe('How often metrics are exported, in milliseconds.'),
};

/** How a process exports; undefined where it does not. */
export interface OtlpSettings {
  /** Without a trailing slash. */
  readonly endpoint: string;
  readonly headers: ReadonlyMap<string, Secret>;
  readonly timeoutMs: number;
  readonly resource: readonly (readonly [string, string])[];
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly logs: boolean;
  readonly sampler: SamplerSettings;
  readonly batchDelayMs: number;
  readonly metricIntervalMs: number;
}

/** Which traces are recorded. */
export interface SamplerSettings {
  readonly name: (typeof SAMPLERS)[number];
  /** Between 0 and 1. */
  readonly ratio: number;
}

type OtlpVariables = Readonly<z.infer<z.ZodObject<typeof otlpVariables>>>;

/** The settings that the variables make together. */
export function toOtlpSettings(variables: OtlpVariables): OtlpSettings | undefined {
  const endpoint = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  return {
    endpoint,
    headers: variables.OTEL_EXPORTER_OTLP_HEADERS,
    timeoutMs: variables.OTEL_EXPORTER_OTLP_TIMEOUT,
    resource: variables.OTEL_RESOURCE_ATTRIBUTES,
    traces: variables.OTEL_TRACES_EXPORTER === 'otlp',
    metrics: variables.OTEL_METRICS_EXPORTER === 'otlp',
    logs: variables.OTEL_LOGS_EXPORTER === 'otlp',
    sampler: { name: variables.OTEL_TRACES_SAMPLER, ratio: variables.OTEL_TRACES_SAMPLER_ARG },
    batchDelayMs: variables.OTEL_BSP_SCHEDULE_DELAY,
    metricIntervalMs: variables.OTEL_METRIC_EXPORT_INTERVAL,
  };
}

/** `name=value` by commas (W3C Baggage without properties, as the OpenTelemetry specification has it). A fault names no value: it may be a secret. */
function readPairs(variable: string, text: string): readonly (readonly [string, string])[] {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  if (pairs.length > MAX_PAIRS) throw new ConfigError(`${variable}: must have at most ${MAX_PAIRS} entries`);
  return pairs.map((pair, position) => {
    const [name, value] = splitPair(pair);
    if (name === undefined || value === undefined) throw new ConfigError(`${variable}: entry ${position + 1} is not name=value`);
    return [name, value] as const;
  });
}

function splitPair(pair: string): readonly [string?, string?] {
  const at = pair.indexOf('=');
  const name = pair.slice(0, Math.max(at, 0)).trim();
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/.test(name)) return [];
  try {
    const value = decodeURIComponent(pair.slice(at + 1).trim());
    return /^[\t\x20-\x7e]*$/.test(value) ? [name, value] : [];
  } catch {
    // A URIError, which is all that decoding throws: the caller says which entry it is.
    return [];
  }
}

function toSecret([name, value]: readonly [string, string]): readonly [string, Secret] {
  return [name.toLowerCase(), new Secret(value)];
}
