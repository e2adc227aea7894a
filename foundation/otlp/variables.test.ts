import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../read-config.ts';
import { otlpVariables, toOtlpSettings } from './variables.ts';

const read = (env: Record<string, string>) => toOtlpSettings(readConfig(z.object(otlpVariables), env));

describe('toOtlpSettings', () => {
  it('exports nothing without a collector', () => {
    expect(read({ OTEL_TRACES_EXPORTER: 'otlp' })).toBeUndefined();
  });

  it('exports everything to one, and records every trace that its client does not leave out', () => {
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' })).toMatchObject({
      endpoint: 'http://collector:4318',
      traces: true,
      metrics: true,
      logs: true,
      sampler: { name: 'parentbased_always_on', ratio: 1 },
    });
  });

  it('reads headers as secrets and attributes as texts', () => {
    const settings = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpi, x-scope=1',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=prod,team=a%3Db',
    });
    expect(settings?.headers.get('authorization')?.reveal()).toBe('Basic YTpi');
    expect(JSON.stringify([...settings!.headers])).not.toContain('YTpi');
    expect(settings?.resource).toEqual([
      ['deployment.environment.name', 'prod'],
      ['team', 'a=b'],
    ]);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_HEADERS', 'hunter2'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=1,b=hunter2%'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=hunter2%0d%0ax'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'hunter2'],
    ['OTEL_TRACES_SAMPLER', 'hunter2'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ])('refuses %s=%s and does not repeat it', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(name);
    expect(() => read({ [name]: value })).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hunter2') }));
  });
});
