import { compileAccessPolicy, type AccessPolicy } from '../../contract/access-policy.ts';
import type { AccessCaller } from '../../contract/condition-scope.ts';
import type { Route, ServerDocument } from '../../contract/snapshot.ts';
import type { Caller } from '../request/caller.ts';
import type { Target } from '../request/target.ts';
import type { RoutedWorkspace } from '../snapshot/routed-workspace.ts';
import type { TaskHandles } from './task-handles.ts';

/** What decides about a caller on a server on which not everything is open to everybody. */
export interface AccessRules {
  readonly policy: AccessPolicy;
  readonly caller: AccessCaller;
}

/** Through what a caller sees such a server. */
export interface AccessView extends AccessRules {
  readonly tasks: TaskHandles;
}

/** By the objects of the snapshot, which stay the same as long as their documents do: a policy is compiled once, for its first request. */
const policies = new WeakMap<ServerDocument, WeakMap<Route, AccessPolicy>>();
const callers = new WeakMap<RoutedWorkspace, WeakMap<Caller, AccessCaller>>();

/** Undefined where the caller, who may use the server, may use all of it as it is: then nothing of the traffic has to be read. */
export function findAccessRules({ route, server, workspace }: Target, caller: Caller): AccessRules | undefined {
  if (server.rules === undefined && route.rules === undefined && route.capabilityPolicy === undefined) return undefined;
  const policy = findPolicy(server, route);
  return policy.isOpen ? undefined : { policy, caller: findAccessCaller(workspace, caller) };
}

function findPolicy(server: ServerDocument, route: Route): AccessPolicy {
  const known = policies.get(server)?.get(route);
  if (known !== undefined) return known;
  const policy = compileAccessPolicy(server, route);
  const ofServer = policies.get(server) ?? new WeakMap<Route, AccessPolicy>();
  policies.set(server, ofServer.set(route, policy));
  return policy;
}

function findAccessCaller(workspace: RoutedWorkspace, caller: Caller): AccessCaller {
  const known = callers.get(workspace)?.get(caller);
  if (known !== undefined) return known;
  const found = toAccessCaller(workspace, caller);
  const ofWorkspace = callers.get(workspace) ?? new WeakMap<Caller, AccessCaller>();
  callers.set(workspace, ofWorkspace.set(caller, found));
  return found;
}

/** What rules can tell callers apart by. Claims are those of an identity provider that the organization trusts; ours say nothing more. */
function toAccessCaller(workspace: RoutedWorkspace, caller: Caller): AccessCaller {
  const keyId = caller.kind === 'API_KEY' ? caller.keyId : undefined;
  if (caller.subject.kind === 'SERVICE') return { kind: 'SERVICE', keyId };
  const { userId } = caller.subject;
  const { email, groups, organizationRole, role: workspaceRole } = workspace.findMember(userId) ?? { role: undefined };
  const claims = caller.kind === 'TRUSTED_TOKEN' ? caller.claims : undefined;
  return { kind: 'USER', userId, keyId, email, groups, organizationRole, workspaceRole, claims };
}
