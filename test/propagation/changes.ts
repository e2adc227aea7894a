import type { ApiClient } from '../support/api-client.ts';
import type { Outcome } from './enforcement-probe.ts';
import type { SeededGrant } from './seed-hub.ts';

/** One mutation, and what calls come to once it is enforced. */
export interface Change {
  readonly kind: string;
  /** The key to call with. A created key is known only once it is there. */
  readonly key: () => string;
  readonly outcome: Outcome;
  readonly commit: () => Promise<void>;
}

interface Key {
  readonly id: string;
  readonly plain: string;
}

/** The mutations of one round, to be made in this order. Each leaves the hub as the next one expects it, the last as the first found it. */
export function changesOfRound(api: ApiClient, grant: SeededGrant): readonly Change[] {
  let key: Key | undefined;
  let ruleId = '';
  let lockdownId = '';
  const plain = () => key?.plain ?? '';
  return [
    { kind: 'key created', key: plain, outcome: 'admitted', commit: async () => void (key = await createKey(api, grant.workspaceId)) },
    { kind: 'grant disabled', key: plain, outcome: 'routeUnknown', commit: () => mutateById(api, 'accessGrantDisable', grant.grantId) },
    { kind: 'grant enabled', key: plain, outcome: 'admitted', commit: () => mutateById(api, 'accessGrantEnable', grant.grantId) },
    {
      kind: 'capability rule added',
      key: plain,
      outcome: 'toolHidden',
      commit: async () => void (ruleId = await createRule(api, grant.grantId)),
    },
    { kind: 'capability rule deleted', key: plain, outcome: 'toolShown', commit: () => mutateById(api, 'accessRuleDelete', ruleId) },
    {
      kind: 'key under lockdown',
      key: plain,
      outcome: 'keyUnknown',
      commit: async () => void (lockdownId = await lockDown(api, key?.id ?? '')),
    },
    { kind: 'lockdown ended', key: plain, outcome: 'admitted', commit: () => mutateById(api, 'lockdownDelete', lockdownId) },
    { kind: 'key revoked', key: plain, outcome: 'keyUnknown', commit: () => mutateById(api, 'apiKeyRevoke', key?.id ?? '') },
  ];
}

export async function createKey(api: ApiClient, workspaceId: string): Promise<Key> {
  const { apiKey, plainKey } = await api.run<{ apiKey: { id: string }; plainKey: string }>(
    `mutation ($input: ApiKeyCreateInput!) {
      apiKeyCreate(input: $input) { apiKey { id } plainKey snapshotRevision userErrors { code message field } }
    }`,
    { input: { name: 'Propagation', kind: 'SERVICE', workspaceId, scopes: ['MCP'] } },
    'apiKeyCreate',
  );
  return { id: apiKey.id, plain: plainKey };
}

async function createRule(api: ApiClient, accessGrantId: string): Promise<string> {
  const { accessRule } = await api.run<{ accessRule: { id: string } }>(
    `mutation ($input: AccessRuleCreateInput!) {
      accessRuleCreate(input: $input) { accessRule { id } snapshotRevision userErrors { code message field } }
    }`,
    { input: { accessGrantId, name: 'Propagation', effect: 'DENY', capabilities: { patterns: ['drop_*'] } } },
    'accessRuleCreate',
  );
  return accessRule.id;
}

async function lockDown(api: ApiClient, subjectId: string): Promise<string> {
  const { lockdown } = await api.run<{ lockdown: { id: string } }>(
    `mutation ($input: LockdownCreateInput!) {
      lockdownCreate(input: $input) { lockdown { id } snapshotRevision userErrors { code message field } }
    }`,
    { input: { subjectId, reason: 'Propagation' } },
    'lockdownCreate',
  );
  return lockdown.id;
}

async function mutateById(api: ApiClient, mutation: string, id: string): Promise<void> {
  await api.run(`mutation ($id: ID!) { ${mutation}(id: $id) { snapshotRevision userErrors { code message field } } }`, { id }, mutation);
}
