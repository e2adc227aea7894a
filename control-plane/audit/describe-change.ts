import type { ResourceChange, ResourceValues } from '../database/change-notes.ts';

/** What happened to a resource. `USED`: nothing of it was changed, but something was done with it. */
export type ChangeKind = 'CREATED' | 'UPDATED' | 'DELETED' | 'USED';

/** One value before and after, as text. */
export interface FieldChange {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Whether the values are secrets, of which the texts say no more than that they are set. */
  readonly isMasked: boolean;
}

/** A resource in an audit event. */
export interface DescribedChange {
  readonly kind: string;
  readonly id: string;
  readonly name: string | null;
  readonly change: ChangeKind;
  readonly fields: readonly FieldChange[];
}

/** What stands for a secret that is set. */
export const MASK = '[secret]';
/** Characters of a value; the rest is cut off. */
export const MAX_VALUE_LENGTH = 2_000;
/** Values of one resource. */
export const MAX_FIELDS = 60;

/** What is no change by itself: counts, times, and what follows from something else. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  'id', 'version', 'createdAt', 'updatedAt', 'emailKey', 'canonicalUrl', 'shard', 'lookup', 'lastUsedAt', 'connectionId', 'serial',
  'sealKeyId', 'clientSecretKeyId', 'attemptedAt', 'failures', 'retryAt', 'refreshAt', 'keysReadAt', 'nextReadAt',
]); // prettier-ignore

/** By name, so that a column which nobody thought of is masked rather than shown. */
const SECRET_NAME = /^sealed|hash|secret|password|token(?!endpoint)|privatekey|credential|authorization$|cookie/i;
/** Names of what is said about a secret, and of where one is sent to or taken from. */
const ABOUT_SECRETS = /(fingerprint|updatedat|keyid|issuer|endpoint|endpointauthmethod|authmethod|authorizationserver)$/i;

/** Whether a value of this name must not be shown. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !ABOUT_SECRETS.test(name);
}

/** What an audit event says of a change; undefined where nothing happened that anybody would ask about. Pure. */
export function describeChange({ kind, id, before, after, isUse }: ResourceChange): DescribedChange | undefined {
  const change = isUse === true ? 'USED' : toChangeKind(before, after);
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((name) => !BOOKKEEPING.has(name));
  const fields = names.flatMap((name) => describeField(name, before?.[name], after?.[name])).slice(0, MAX_FIELDS);
  if (change === 'UPDATED' && fields.length === 0) return undefined;
  return { kind, id, name: isUse === true ? null : findName({ ...before, ...after }), change, fields };
}

function toChangeKind(before: ResourceValues | undefined, after: ResourceValues | undefined): ChangeKind {
  if (before === undefined) return 'CREATED';
  return after === undefined ? 'DELETED' : 'UPDATED';
}

function describeField(name: string, before: unknown, after: unknown): FieldChange[] {
  const [was, is] = [before ?? null, after ?? null];
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const isMasked = isSecretName(name);
  const toText = isMasked ? toMask : toShownText;
  return [{ name, before: toText(was), after: toText(is), isMasked }];
}

function toMask(value: unknown): string | null {
  return value === null ? null : MASK;
}

function toShownText(value: unknown): string | null {
  if (value === null) return null;
  const text = typeof value === 'string' ? value : value instanceof Date ? value.toISOString() : JSON.stringify(value, maskNested);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

function maskNested(name: string, value: unknown): unknown {
  return isSecretName(name) && value !== null ? MASK : value;
}

/** What people call it, or what it is found by. */
function findName(values: ResourceValues): string | null {
  const name = values['name'] ?? values['slug'] ?? values['email'] ?? values['clientName'] ?? values['issuer'];
  return typeof name === 'string' ? name.slice(0, 200) : null;
}
