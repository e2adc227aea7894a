import { expect, test } from 'vitest';
import { toPlaneEnvironment } from './plane-environment.ts';

const wiring = {
  databaseUrl: 'postgresql://local',
  redisUrl: 'redis://local',
  controlPlanePort: 4_000,
  dataPlanePort: 4_100,
  dataDir: '/data',
  secrets: { encryptionKeys: 'local:key', bootstrapAdminKey: 'bootstrap', databasePassword: 'd', redisPassword: 'r' },
};

test('loopback upstreams are allowed beside what the operator allows', () => {
  expect(toPlaneEnvironment({}, wiring)['SLUICE_EGRESS_ALLOW']).toBe('loopback');
  expect(toPlaneEnvironment({ SLUICE_EGRESS_ALLOW: 'private' }, wiring)['SLUICE_EGRESS_ALLOW']).toBe('private,loopback');
});

test('what the person has set wins over what we would choose, and an empty value counts as not set', () => {
  const env = toPlaneEnvironment({ SLUICE_ENCRYPTION_KEYS: 'mine:key', SLUICE_GATEWAY_URL: '' }, wiring);
  expect(env).toMatchObject({ SLUICE_ENCRYPTION_KEYS: 'mine:key', SLUICE_GATEWAY_URL: 'http://127.0.0.1:4100' });
});

test('the settled ports and addresses are not overridden', () => {
  const env = toPlaneEnvironment({ SLUICE_DATA_PLANE_PORT: '9', DATABASE_URL: 'postgresql://stale' }, wiring);
  expect(env).toMatchObject({ SLUICE_DATA_PLANE_PORT: '4100', DATABASE_URL: 'postgresql://local' });
});
