import { expect, test } from 'vitest';
import { describeFirstStart, describeLaterStart } from './summary.ts';

const addresses = {
  consoleUrl: 'http://127.0.0.1:4000/console/',
  graphqlUrl: 'http://127.0.0.1:4000/graphql',
  gatewayUrl: 'http://127.0.0.1:4100',
  adminUrl: 'http://127.0.0.1:4101',
  logFolder: '/data/logs',
  secretsFile: '/data/secrets.json',
};

const administrator = { administratorKey: 'slc_admin', signInUrl: 'http://127.0.0.1:4000/sign-in/link/token' };

test('the first start prints a configuration that can be pasted as it stands', () => {
  const sample = { serverId: 'mcps_1', url: 'http://127.0.0.1:4100/main/sample/mcp', memberKey: 'slc_member' };
  const text = describeFirstStart(addresses, { ...administrator, sample });
  const pasted = JSON.parse(text.slice(text.indexOf('\n{'), text.lastIndexOf('\n}') + 2)) as unknown;
  expect(pasted).toEqual({
    mcpServers: { 'sluice-sample': { type: 'http', url: sample.url, headers: { Authorization: 'Bearer slc_member' } } },
  });
  expect(text).toContain('slc_admin');
  expect(text).toContain('administrator@example.com');
  expect(text).toContain(administrator.signInUrl);
  expect(text).toContain(addresses.graphqlUrl);
  expect(text).toContain(addresses.consoleUrl);
});

test('without a sample there is an administrator key and nothing to paste', () => {
  const text = describeFirstStart(addresses, administrator);
  expect(text).toContain('slc_admin');
  expect(text).not.toContain('mcpServers');
});

test('a later start says where keys are managed, and prints none', () => {
  const text = describeLaterStart(addresses);
  expect(text).toContain('apiKeyCreate');
  expect(text).toContain('/data/secrets.json');
  expect(text).not.toContain('slc_');
});
