import { expect, test } from 'vitest';
import { NO_CLIENT, toClientInput } from './client-values.ts';

test('a client sends what it proves itself by and nothing else of it', () => {
  const entered = { ...NO_CLIENT, clientId: ' client ', clientSecret: 'secret', privateKey: '\n-----BEGIN…\n', algorithm: 'RS256' };
  expect(toClientInput(entered)).toEqual({ clientId: 'client', clientSecret: 'secret' });
  const signing = { ...entered, proof: 'KEY', scopes: ' read  write ', resource: ' https://mcp.example ' } as const;
  expect(toClientInput(signing)).toEqual({
    clientId: 'client',
    privateKey: '-----BEGIN…',
    algorithm: 'RS256',
    scopes: ['read', 'write'],
    resource: 'https://mcp.example',
  });
});
