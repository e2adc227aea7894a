import { AsyncLocalStorage } from 'node:async_hooks';

/** Who makes a change. */
export type ChangeActorKind = 'INSTANCE_ADMIN' | 'USER' | 'SERVICE_KEY' | 'ANONYMOUS' | 'SYSTEM';

/** What they proved it with. */
export type ChangeCredentialKind = 'BOOTSTRAP_KEY' | 'API_KEY' | 'BROWSER_SESSION' | 'NONE';

/** Who makes a change, and with what. */
export interface ChangeAuthor {
  readonly actorKind: ChangeActorKind;
  /** Of the user or of the service key; null where neither acts. */
  readonly actorId: string | null;
  readonly credentialKind: ChangeCredentialKind;
  /** Of the API key or of the browser's session. Knowing it opens nothing. */
  readonly credentialId: string | null;
}

/** Where a change comes from. */
export interface ChangeOrigin extends ChangeAuthor {
  /** The address of whoever asked, as far as the listener trusts what it is told; null for what the control plane does by itself. */
  readonly address: string | null;
  /** The mutation; undefined where it is none. */
  readonly operation: string | undefined;
}

interface RequestFrame {
  readonly address: string | null;
  author: ChangeAuthor;
  readonly operation: string | undefined;
}

/** The control plane itself, in its own time. */
export const SYSTEM_AUTHOR: ChangeAuthor = { actorKind: 'SYSTEM', actorId: null, credentialKind: 'NONE', credentialId: null };

const frames = new AsyncLocalStorage<RequestFrame>();

/** Runs what one request does. Until somebody is identified, the control plane acts on its own account. */
export function runRequest<Value>(address: string | null, work: () => Value): Value {
  return frames.run({ address, author: SYSTEM_AUTHOR, operation: undefined }, work);
}

/** Says who sends the current request. Outside of requests it says nothing. */
export function identifyAuthor(author: ChangeAuthor): void {
  const frame = frames.getStore();
  if (frame !== undefined) frame.author = author;
}

/** Runs one mutation of the current request. */
export function runOperation<Value>(operation: string, work: () => Value): Value {
  const frame = frames.getStore();
  return frames.run({ address: null, author: SYSTEM_AUTHOR, ...frame, operation }, work);
}

/** Where what is done now comes from. */
export function findChangeOrigin(): ChangeOrigin {
  const frame = frames.getStore();
  return { ...(frame?.author ?? SYSTEM_AUTHOR), address: frame?.address ?? null, operation: frame?.operation };
}
