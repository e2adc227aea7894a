// Trust boundary: the one function that decides what a caller of the API may do. It trusts the roles it is given and nothing
// else. Whatever no rule allows is refused; what a caller has no relation to is hidden, so that it cannot be told from what
// does not exist.
import { AccessError } from '../api/access-error.ts';
import type { Access, Actor } from './access.ts';
import { ACTIONS, type Action, type ActionRule } from './actions.ts';

/** What an action is performed on. Without an organization it belongs to the whole installation. */
export interface Resource {
  readonly organizationId?: string | undefined;
  readonly workspaceId?: string | null | undefined;
  /** Whose own it is, where it is a person's. */
  readonly userId?: string | null | undefined;
}

/** `hidden`: answer as if it did not exist. `forbidden`: the caller sees it, but may not do this. */
export type Decision = 'allowed' | 'forbidden' | 'hidden';

/** What may be done. Pure. */
export function decide(access: Access, action: Action, resource: Resource): Decision {
  const { actor } = access;
  if (actor.kind === 'instance_admin') return 'allowed';
  if (actor.kind === 'anonymous') return 'hidden';
  const rule: ActionRule = ACTIONS[action];
  if (satisfies(access, rule, resource)) return 'allowed';
  return isRelated(access, resource) ? 'forbidden' : 'hidden';
}

/**
 * Refuses what the caller's key may not do whatever it is about; the rest is decided with the resource at hand.
 * @throws {AccessError} UNAUTHENTICATED without a known caller, FORBIDDEN where the key lacks the scope.
 */
export function checkScope(access: Access, action: Action): void {
  const { actor } = access;
  if (actor.kind === 'anonymous') {
    throw new AccessError('UNAUTHENTICATED', 'Sign in: send an API key as "Authorization: Bearer slc_…" or in "x-sluice-api-key".');
  }
  if (actor.kind === 'instance_admin') return;
  const needed = ACTIONS[action].writes ? 'API_WRITE' : 'API_READ';
  const suffices = actor.scopes.includes(needed) || (needed === 'API_READ' && actor.scopes.includes('API_WRITE'));
  if (!suffices) throw new AccessError('FORBIDDEN', `This API key lacks the scope ${needed}.`);
}

/**
 * Whether the caller sees the resource and may do this to it. `false` means: answer as if it did not exist.
 * @throws {AccessError} where the caller sees it, but may not do this.
 */
export function authorize(access: Access, action: Action, resource: Resource): boolean {
  checkScope(access, action);
  const decision = decide(access, action, resource);
  if (decision === 'forbidden')
    throw new AccessError('FORBIDDEN', `Your role does not allow this (${action}). Ask an administrator of the organization.`);
  return decision === 'allowed';
}

function satisfies({ actor, organizationRoles, workspaceSeats }: Access, rule: ActionRule, resource: Resource): boolean {
  const role = resource.organizationId === undefined ? undefined : organizationRoles.get(resource.organizationId);
  if (role !== undefined && rule.organization.includes(role)) return true;
  const seat = resource.workspaceId == null ? undefined : workspaceSeats.get(resource.workspaceId);
  if (seat !== undefined && rule.workspace.includes(seat.role)) return true;
  const isSeatedInOrganization = [...workspaceSeats.values()].some((held) => held.organizationId === resource.organizationId);
  // An organization is seen by everybody who has a seat in one of its workspaces.
  if (resource.workspaceId === undefined && resource.userId === undefined && isSeatedInOrganization && rule.workspace.length === 2)
    return true;
  return rule.own && actor.kind === 'user' && (isOwn(actor, resource) || isOwnByNature(resource));
}

/** A key that is confined to a workspace reaches what its person has there, and what has no place: the person, their credentials. */
function isOwn({ userId, workspaceId }: Actor & { kind: 'user' }, resource: Resource): boolean {
  if (resource.userId !== userId) return false;
  return workspaceId === null || resource.workspaceId === undefined || resource.workspaceId === workspaceId;
}

/** What belongs to nobody and nothing in particular: the viewer itself, the state of the gateways. */
function isOwnByNature(resource: Resource): boolean {
  return resource.organizationId === undefined && resource.workspaceId === undefined && resource.userId === undefined;
}

function isRelated({ actor, organizationRoles, workspaceSeats }: Access, resource: Resource): boolean {
  if (actor.kind === 'user' && isOwn(actor, resource)) return true;
  if (resource.workspaceId != null && workspaceSeats.has(resource.workspaceId)) return true;
  if (resource.organizationId === undefined) return isOwnByNature(resource);
  const role = organizationRoles.get(resource.organizationId);
  if (role === undefined) {
    const isOfWholeOrganization = resource.workspaceId == null && resource.userId == null;
    return isOfWholeOrganization && [...workspaceSeats.values()].some((seat) => seat.organizationId === resource.organizationId);
  }
  // A plain member knows the organization, but not the workspaces that they have no seat in.
  return role !== 'MEMBER' || resource.workspaceId == null;
}
