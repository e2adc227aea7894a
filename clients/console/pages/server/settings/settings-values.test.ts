import { expect, test } from 'vitest';
import { toChanges, toValues, type Settings } from './settings-values.ts';

const SETTINGS: Settings = {
  id: 'mcps_1',
  version: 3,
  name: 'Tools',
  description: null,
  url: 'https://tools.example.com/mcp',
  transport: 'STREAMABLE_HTTP',
  authentication: 'OAUTH',
  granularity: 'USER',
  headerNames: null,
  payloadCapture: 'OFF',
  oauth: {
    clientId: 'sluice',
    hasClientSecret: true,
    scopes: ['read'],
    tokenEndpointAuthMethod: null,
    issuer: null,
    authorizationEndpoint: null,
    tokenEndpoint: null,
    registrationEndpoint: null,
    revocationEndpoint: null,
    resource: null,
    audience: null,
    authorizeParameters: [{ name: 'prompt', value: 'consent' }],
  },
  forwarding: { identityHeader: null, claimsHeader: null, headers: [{ from: 'x-team', to: 'x-team' }] },
  upstreamTimeoutSeconds: null,
  upstreamIdleSeconds: 30,
  connectRetries: 1,
  circuitBreakerFailures: 5,
  circuitBreakerOpenSeconds: 30,
  maxRequestBytes: 1_048_576,
};
const VALUES = toValues(SETTINGS);

test('what was not touched is not sent', () => {
  expect(toChanges(VALUES, VALUES)).toEqual({});
});

test('what is emptied is cleared, and lists are read from their lines', () => {
  const after = {
    ...VALUES,
    upstreamIdleSeconds: '' as const,
    scopes: ' read  write ',
    authorizeParameters: 'prompt=login\naccess_type = offline',
    forwardedHeaders: 'x-team: x-group\nx-trace',
  };
  expect(toChanges(VALUES, after)).toEqual({
    upstreamIdleSeconds: null,
    oauth: {
      scopes: ['read', 'write'],
      authorizeParameters: [
        { name: 'prompt', value: 'login' },
        { name: 'access_type', value: 'offline' },
      ],
    },
    forwarding: {
      identityHeader: null,
      claimsHeader: null,
      headers: [
        { from: 'x-team', to: 'x-group' },
        { from: 'x-trace', to: null },
      ],
    },
  });
  expect(toChanges(VALUES, { ...VALUES, forwardedHeaders: '', scopes: '' })).toEqual({ forwarding: null, oauth: { scopes: null } });
});

test('a stored secret stays until another one is entered, or it is taken away', () => {
  expect(toChanges(VALUES, { ...VALUES, clientSecret: 'new' })).toEqual({ oauth: { clientSecret: 'new' } });
  expect(toChanges(VALUES, { ...VALUES, removesSecret: true })).toEqual({ oauth: { clientSecret: null } });
});

test('settings of an authorization server are not sent where there is none', () => {
  expect(toChanges(VALUES, { ...VALUES, authentication: 'NONE', scopes: 'write' })).toEqual({ authentication: 'NONE' });
});
