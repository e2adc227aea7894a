import type { AccessSubject } from '../../contract/access-decision.ts';

type Person = Extract<AccessSubject, { kind: 'USER' }>;

/** Who sent an API key. */
export interface KeyCaller {
  readonly kind: 'API_KEY';
  readonly id: string;
  readonly subject: AccessSubject;
  readonly keyId: string;
  /** The key's public part, by which its workspace finds it. */
  readonly lookup: string;
}

/** A person whose client sent an access token of our authorization server. */
export interface ClientCaller {
  readonly kind: 'ACCESS_TOKEN';
  readonly id: string;
  readonly subject: Person;
  readonly clientId: string;
  /** The consent that the token rests on. */
  readonly consentId: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A person with a token of an identity provider that the organization trusts. */
export interface FederatedCaller {
  readonly kind: 'TRUSTED_TOKEN';
  readonly id: string;
  readonly subject: Person;
  /** The id of the trusted identity provider. */
  readonly issuerId: string;
  /** The client that the token was issued to, where it says so. */
  readonly clientId: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * An authenticated peer. Its `id` binds sessions: the person where there is one, so that a new key or token continues what an old one
 * began; else the key.
 */
export type Caller = KeyCaller | ClientCaller | FederatedCaller;

/** The id of a person as a caller. */
export function toPersonId(userId: string): string {
  return `user:${userId}`;
}
