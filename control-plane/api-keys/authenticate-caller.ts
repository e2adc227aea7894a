// Trust boundary: who calls the API. It trusts key hashes and the rows of the database. A key that is unknown, revoked or
// expired, or whose person is disabled, is answered like no key at all.
import { timingSafeEqual } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { findApiKeyLookup, hashApiKey, isApiKey } from '../../contract/api-key.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Secret } from '../../foundation/secret.ts';
import type { Access, OrganizationRole, WorkspaceRole, WorkspaceSeat } from '../authorization/index.ts';
import { isLocked } from '../database/is-locked.ts';
import { UserEntity, type User } from '../identity/index.ts';
import { WorkspaceEntity } from '../workspaces/index.ts';
import { ApiKeyEntity, type ApiKey } from './api-key.entity.ts';

const ANONYMOUS: Access = { actor: { kind: 'anonymous' }, organizationRoles: new Map(), workspaceSeats: new Map() };
const INSTANCE_ADMIN: Access = { ...ANONYMOUS, actor: { kind: 'instance_admin' } };

/** Finds out who calls. */
export class CallerAuthenticator {
  readonly #clock: Clock;
  readonly #bootstrapHash: Buffer | undefined;

  /** @param bootstrapKey the instance administrator's key, where the operator set one. */
  constructor(clock: Clock, bootstrapKey: Secret | undefined) {
    this.#clock = clock;
    this.#bootstrapHash = bootstrapKey === undefined ? undefined : Buffer.from(hashApiKey(bootstrapKey.reveal()));
  }

  /** The access of whoever presents this key; that of nobody for a key which does not work. */
  async authenticate(em: EntityManager, presented: string | undefined): Promise<Access> {
    if (presented === undefined) return ANONYMOUS;
    if (this.#isBootstrapKey(presented)) return INSTANCE_ADMIN;
    const lookup = findApiKeyLookup(presented);
    const key = lookup === undefined ? null : await em.findOne(ApiKeyEntity, { lookup });
    if (key === null || !isApiKey(presented, key.hash) || !this.#isInForce(key)) return ANONYMOUS;
    if (await isLocked(em, key.id, key.userId, key.workspaceId)) return ANONYMOUS;
    return key.kind === 'SERVICE' ? readServiceAccess(em, key) : readUserAccess(em, key);
  }

  #isInForce(key: ApiKey): boolean {
    return key.revokedAt == null && (key.expiresAt == null || key.expiresAt.getTime() > this.#clock.nowMs());
  }

  #isBootstrapKey(presented: string): boolean {
    return this.#bootstrapHash !== undefined && timingSafeEqual(Buffer.from(hashApiKey(presented)), this.#bootstrapHash);
  }
}

/** A service key is its workspace: it manages what the workspace has, as far as its scopes go. */
async function readServiceAccess(em: EntityManager, key: ApiKey): Promise<Access> {
  const workspace = await em.findOne(WorkspaceEntity, key.workspaceId!);
  if (workspace === null) return ANONYMOUS; // deleted since the key was read, and the key with it
  const seat: WorkspaceSeat = { role: 'MANAGER', organizationId: workspace.organizationId };
  return {
    actor: { kind: 'service', keyId: key.id, scopes: key.scopes },
    organizationRoles: new Map(),
    workspaceSeats: new Map([[workspace.id, seat]]),
  };
}

async function readUserAccess(em: EntityManager, key: ApiKey): Promise<Access> {
  const user = await em.findOne(UserEntity, key.userId!);
  if (user === null || !user.enabled) return ANONYMOUS;
  const actor = { kind: 'user', userId: user.id, keyId: key.id, scopes: key.scopes, workspaceId: key.workspaceId ?? null } as const;
  const seats = await readSeats(em, user);
  if (actor.workspaceId === null) return { actor, organizationRoles: new Map([[user.organizationId, user.role]]), workspaceSeats: seats };
  return { actor, organizationRoles: new Map(), workspaceSeats: confine(seats, actor.workspaceId, user.role) };
}

/** What a person may do who signed in by a browser: everything that they may do at all. */
export async function readPersonAccess(em: EntityManager, userId: string): Promise<Access> {
  const user = await em.findOne(UserEntity, userId);
  if (user === null || !user.enabled || (await isLocked(em, userId))) return ANONYMOUS;
  const actor = { kind: 'user', userId, keyId: 'browser', scopes: ['API_READ', 'API_WRITE', 'MCP'], workspaceId: null } as const;
  return { actor, organizationRoles: new Map([[user.organizationId, user.role]]), workspaceSeats: await readSeats(em, user) };
}

async function readSeats(em: EntityManager, user: User): Promise<Map<string, WorkspaceSeat>> {
  const rows = await em.execute<{ workspace_id: string; role: WorkspaceRole }[]>(
    'SELECT workspace_id, role FROM workspace_members WHERE user_id = ?',
    [user.id],
  );
  return new Map(rows.map((row) => [row.workspace_id, { role: row.role, organizationId: user.organizationId }]));
}

/** A key that is confined to a workspace keeps what its person may do there, and nothing else. */
function confine(seats: ReadonlyMap<string, WorkspaceSeat>, workspaceId: string, role: OrganizationRole): Map<string, WorkspaceSeat> {
  const seat = seats.get(workspaceId);
  if (seat === undefined) return new Map();
  return new Map([[workspaceId, role === 'OWNER' || role === 'ADMIN' ? { ...seat, role: 'MANAGER' } : seat]]);
}
