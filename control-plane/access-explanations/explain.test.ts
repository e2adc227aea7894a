import { describe, expect, it } from 'vitest';
import type { ServerDocument, WorkspaceDocument } from '../../contract/snapshot.ts';
import { ACCESS_CASES, CASE_CALLERS, CASE_CAPABILITIES, type AccessCase, type CaseCaller } from '../../test/support/access-cases.ts';
import { explain } from './explain.ts';

const callers = Object.keys(CASE_CALLERS) as CaseCaller[];

/** The documents of a case: what the data planes of the table test are given too. */
function toDocuments({ organizationRules = [], workspaceRules = [], capabilityPolicy, people }: Omit<AccessCase, 'title' | 'rows'>) {
  const server = {
    id: 'mcps_1',
    organizationId: 'org_1',
    authentication: 'NONE',
    capabilities: [...CASE_CAPABILITIES],
    rules: [...organizationRules],
  } as unknown as ServerDocument;
  const { member, lead, service } = CASE_CALLERS;
  const workspace = {
    id: 'ws_1',
    routes: [
      {
        slug: 's',
        serverId: 'mcps_1',
        grantId: 'grant_1',
        defaultUserAccess: 'ALLOW',
        ...people,
        capabilityPolicy,
        rules: [...workspaceRules],
      },
    ],
    members: [
      { userId: member.userId, role: member.workspaceRole, organizationRole: member.organizationRole },
      {
        userId: lead.userId,
        role: lead.workspaceRole,
        organizationRole: lead.organizationRole,
        groups: [...lead.groups],
        email: lead.email,
      },
    ],
    keys: [
      { id: member.keyId, kind: 'USER', userId: member.userId, scopes: ['MCP'] },
      { id: lead.keyId, kind: 'USER', userId: lead.userId, scopes: ['MCP'] },
      { id: service.keyId, kind: 'SERVICE', scopes: ['MCP'] },
    ],
  } as unknown as WorkspaceDocument;
  return { server, workspace };
}

describe.each(ACCESS_CASES)('$title', ({ rows, ...access }) => {
  it.each(rows)(
    'is explained as it is enforced: $kind $name with $arguments',
    ({ kind, name, arguments: given, called, listed = called }) => {
      const documents = toDocuments(access);
      const whoMay = (callArguments: Readonly<Record<string, unknown>> | undefined) =>
        callers.filter((caller) => {
          const question = { userId: null, apiKeyId: CASE_CALLERS[caller].keyId, mcpServerId: 'mcps_1', capability: { kind, name } };
          return explain(documents, { ...question, callArguments, nowMs: 0 }).isAllowed;
        });
      expect(whoMay(given ?? {})).toEqual(called);
      expect(whoMay(undefined)).toEqual(listed);
    },
  );
});

describe('a caller whom no data plane lets in', () => {
  it.each([
    ['is expired', { expiresAtMs: 10 }],
    ['lacks the scope', { scopes: ['API_READ'] }],
  ])('is not admitted by a key that %s', (_title, patch) => {
    const { server, workspace } = toDocuments({});
    const keys = workspace.keys.map((key) => ({ ...key, ...patch }));
    const question = {
      userId: null,
      apiKeyId: 'key_service',
      mcpServerId: 'mcps_1',
      capability: null,
      callArguments: undefined,
      nowMs: 10,
    };
    expect(explain({ server, workspace: { ...workspace, keys } }, question)).toMatchObject({
      isAllowed: false,
      reason: 'caller_not_admitted',
    });
    expect(explain({ server, workspace }, question)).toMatchObject({ isAllowed: true, reason: 'grant' });
  });
});
