import { decideAccess, decideServerAccess, findUpstreamName, type AccessDecision } from '../../contract/access-decision.ts';
import { compileAccessPolicy } from '../../contract/access-policy.ts';
import type { CapabilityKind } from '../../contract/access-rule.ts';
import type { AccessCaller } from '../../contract/condition-scope.ts';
import type { CallArguments } from '../../contract/condition.ts';
import type { ServerDocument, WorkspaceDocument } from '../../contract/snapshot.ts';

/** What is asked. */
export interface AccessQuestion {
  readonly userId: string | null;
  readonly apiKeyId: string | null;
  readonly mcpServerId: string;
  /** Null: only whether the server may be used. */
  readonly capability: { readonly kind: CapabilityKind; readonly name: string } | null;
  /** Undefined: as in a list. */
  readonly callArguments: CallArguments;
  readonly nowMs: number;
}

/** The documents of one revision that decide. */
export interface DecidingDocuments {
  readonly workspace: WorkspaceDocument | undefined;
  readonly server: ServerDocument | undefined;
}

/** The decision, and why there is none below it: nobody gets as far as rules who is not let in, or where nothing is routed. */
export interface Explanation {
  readonly isAllowed: boolean;
  readonly level: AccessDecision['level'] | null;
  readonly reason: AccessDecision['reason'] | 'caller_not_admitted' | 'server_not_routed' | 'name_unknown';
  readonly ruleId: string | null;
  readonly dependsOnArguments: boolean;
  /** Whose credential for the upstream a call would use; null where none would be. */
  readonly subjectId: string | null;
}

/** What a data plane with these documents would decide, by the function that it decides by. Pure. */
export function explain({ workspace, server }: DecidingDocuments, question: AccessQuestion): Explanation {
  const route = workspace?.routes.find(({ serverId }) => serverId === question.mcpServerId);
  if (workspace === undefined || server === undefined || route === undefined) return refuse('server_not_routed');
  const caller = findCaller(workspace, question);
  if (caller === undefined) return refuse('caller_not_admitted');
  const subjectId = findSubjectId(server, workspace, caller);
  const { capability } = question;
  if (capability === null) {
    const { access, decidedBy } = decideServerAccess(route, caller);
    const level = decidedBy === 'grant' ? 'WORKSPACE' : 'PEOPLE';
    return { isAllowed: access === 'ALLOW', level, reason: decidedBy, ruleId: null, dependsOnArguments: false, subjectId };
  }
  const policy = compileAccessPolicy(server, route);
  const name = findUpstreamName(policy, capability.kind, capability.name);
  if (name === undefined) return refuse('name_unknown');
  return { ...decideAccess(policy, caller, capability.kind, name, question.callArguments), subjectId };
}

function refuse(reason: Explanation['reason']): Explanation {
  return { isAllowed: false, level: null, reason, ruleId: null, dependsOnArguments: false, subjectId: null };
}

/** The caller as a data plane would see them; undefined where it would not let them in. */
function findCaller(workspace: WorkspaceDocument, { userId, apiKeyId, nowMs }: AccessQuestion): AccessCaller | undefined {
  if (apiKeyId === null) return toPerson(workspace, userId, undefined);
  const key = workspace.keys.find(({ id }) => id === apiKeyId);
  const isUsable = key !== undefined && key.scopes.includes('MCP') && (key.expiresAtMs === undefined || key.expiresAtMs > nowMs);
  if (!isUsable) return undefined;
  return key.kind === 'SERVICE' ? { kind: 'SERVICE', keyId: key.id } : toPerson(workspace, key.userId ?? null, key.id);
}

function toPerson(workspace: WorkspaceDocument, userId: string | null, keyId: string | undefined): AccessCaller | undefined {
  const member = workspace.members.find((one) => one.userId === userId);
  if (member === undefined) return undefined;
  const { email, groups, organizationRole, role: workspaceRole } = member;
  return { kind: 'USER', userId: member.userId, keyId, email, groups, organizationRole, workspaceRole };
}

function findSubjectId(server: ServerDocument, workspace: WorkspaceDocument, caller: AccessCaller): string | null {
  if (server.authentication === 'NONE') return null;
  switch (server.granularity) {
    case 'ORGANIZATION':
      return server.organizationId;
    case 'WORKSPACE':
      return workspace.id;
    case 'USER':
      return caller.userId ?? null;
  }
}
