import type { ServerDocument } from '../../contract/snapshot.ts';
import type { Caller } from '../request/caller.ts';
import type { RoutedWorkspace } from '../snapshot/routed-workspace.ts';

/** How long an upstream may take the gateway's word for who calls, in seconds. */
export const IDENTITY_SECONDS = 60;

/** Who calls, for one upstream (RFC 7519 section 4.1). What is not known is left out. */
export function toCallerClaims(issuer: string, server: ServerDocument, workspace: RoutedWorkspace, caller: Caller, nowMs: number): object {
  const iat = Math.floor(nowMs / 1_000);
  const userId = caller.subject.kind === 'USER' ? caller.subject.userId : undefined;
  const member = userId === undefined ? undefined : workspace.findMember(userId);
  return {
    iss: issuer,
    aud: server.upstreamUrl,
    sub: userId ?? caller.id,
    iat,
    exp: iat + IDENTITY_SECONDS,
    kind: caller.subject.kind,
    email: member?.email,
    groups: member?.groups,
    organization: workspace.organizationId,
    organization_role: member?.organizationRole,
    workspace: workspace.id,
    workspace_role: member?.role,
    key_id: caller.kind === 'API_KEY' ? caller.keyId : undefined,
    client_id: caller.kind === 'API_KEY' ? undefined : caller.clientId,
  };
}
