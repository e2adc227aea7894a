import { describe, expect, it } from 'vitest';
import { ConfigError } from '../foundation/read-config.ts';
import { dataPlaneVariables, readDataPlaneConfig } from './config.ts';

const required = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  SLUICE_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  SLUICE_GATEWAY_URL: 'https://mcp.example.com/',
};

describe('readDataPlaneConfig', () => {
  it('fills in the defaults', () => {
    expect(readDataPlaneConfig(required)).toMatchObject({
      gateway: 'default',
      gatewayUrl: 'https://mcp.example.com',
      logLevel: 'info',
      host: '127.0.0.1',
      port: 4100,
      adminHost: '127.0.0.1',
      adminPort: 4101,
      workers: 1,
      stateDir: '.sluice/data-plane',
      allowedHosts: [],
      allowedOrigins: [],
      shutdownDelayMs: 5_000,
      shutdownDeadlineMs: 30_000,
    });
  });

  it('reads lists with blanks around the commas', () => {
    const config = readDataPlaneConfig({ ...required, SLUICE_ALLOWED_ORIGINS: 'https://a.example , http://localhost:3000,' });
    expect(config.allowedOrigins).toEqual(['https://a.example', 'http://localhost:3000']);
  });

  it('counts cores for auto', () => {
    expect(readDataPlaneConfig({ ...required, SLUICE_WORKERS: 'auto' }).workers).toBeGreaterThanOrEqual(1);
  });

  it('names every fault at once and repeats no key', () => {
    const read = () =>
      readDataPlaneConfig({
        REDIS_URL: 'localhost:6379',
        SLUICE_ENCRYPTION_KEYS: 'k1:c2hvcnQ=',
        SLUICE_DATA_PLANE_PORT: '8o80',
        SLUICE_ALLOWED_ORIGINS: 'https://a.example/path',
        SLUICE_EGRESS_ALLOW: 'not a host',
      });
    expect(read).toThrow(ConfigError);
    for (const variable of ['REDIS_URL', 'ENCRYPTION_KEYS', 'GATEWAY_URL', 'DATA_PLANE_PORT', 'ALLOWED_ORIGINS', 'EGRESS_ALLOW']) {
      expect(read).toThrow(variable);
    }
    expect(read).not.toThrow('c2hvcnQ');
  });

  it.each(['0', '1.5', 'many'])('refuses %s workers', (workers) => {
    expect(() => readDataPlaneConfig({ ...required, SLUICE_WORKERS: workers })).toThrow(
      'SLUICE_WORKERS: must be a whole number between 1 and 256',
    );
  });

  it('describes every variable', () => {
    for (const [name, variable] of Object.entries(dataPlaneVariables.shape)) expect(variable.description, name).toMatch(/\.$/);
  });
});
