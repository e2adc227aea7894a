import type { ChangeAuthor } from '../database/change-origin.ts';
import type { ApiKeyScope, OrganizationRole, WorkspaceRole } from './roles.ts';

/** Who is calling the API. */
export type Actor =
  /** Nobody that is known. */
  | { readonly kind: 'anonymous' }
  /** The holder of the bootstrap key: may do everything in every organization. */
  | { readonly kind: 'instance_admin' }
  /** A person, through a key of theirs. */
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly keyId: string;
      readonly scopes: readonly ApiKeyScope[];
      /** The workspace that the key is confined to; null where it is good for all that the person may do. */
      readonly workspaceId: string | null;
    }
  /** A workspace, through a service key. */
  | { readonly kind: 'service'; readonly keyId: string; readonly scopes: readonly ApiKeyScope[] };

/** A role in a workspace, with the organization that the workspace belongs to. */
export interface WorkspaceSeat {
  readonly role: WorkspaceRole;
  readonly organizationId: string;
}

/** Who is calling and where they belong: all that a decision depends on. */
export interface Access {
  readonly actor: Actor;
  readonly organizationRoles: ReadonlyMap<string, OrganizationRole>;
  readonly workspaceSeats: ReadonlyMap<string, WorkspaceSeat>;
}

/** Names the caller in stored records: whose idempotency key it is, for example. */
export function toActorName(actor: Actor): string {
  switch (actor.kind) {
    case 'anonymous':
    case 'instance_admin':
      return actor.kind;
    case 'user':
      return `user:${actor.userId}`;
    case 'service':
      return `key:${actor.keyId}`;
  }
}

/** The caller as the author of changes. */
export function toChangeAuthor(actor: Actor): ChangeAuthor {
  switch (actor.kind) {
    case 'anonymous':
      return { actorKind: 'ANONYMOUS', actorId: null, credentialKind: 'NONE', credentialId: null };
    case 'instance_admin':
      return { actorKind: 'INSTANCE_ADMIN', actorId: null, credentialKind: 'BOOTSTRAP_KEY', credentialId: null };
    case 'user':
      return { actorKind: 'USER', actorId: actor.userId, credentialKind: 'API_KEY', credentialId: actor.keyId };
    case 'service':
      return { actorKind: 'SERVICE_KEY', actorId: actor.keyId, credentialKind: 'API_KEY', credentialId: actor.keyId };
  }
}
