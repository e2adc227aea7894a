import { randomBytes } from 'node:crypto';

/** The prefix of each kind of id, so that logs and state files explain themselves. */
export const ID_PREFIXES = {
  Organization: 'org',
  Workspace: 'ws',
  WorkspaceMember: 'wm',
  User: 'usr',
  ApiKey: 'key',
  McpServer: 'mcps',
  AccessGrant: 'grant',
  AccessRule: 'rule',
  Capability: 'cap',
  Connection: 'con',
  RateLimit: 'lim',
  Consent: 'cst',
  TrustedIssuer: 'tiss',
  IdentityProvider: 'idp',
  AuditEvent: 'aud',
  Interaction: 'ixn',
  Lockdown: 'lock',
} as const;

/** A type of the API that has ids. */
export type NodeTypeName = keyof typeof ID_PREFIXES;

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const RANDOM_LENGTH = 24;

/** A fresh opaque id: the type's prefix and 120 random bits. */
export function newId(type: NodeTypeName): string {
  const random = [...randomBytes(RANDOM_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `${ID_PREFIXES[type]}_${random}`;
}

/** The type that an id belongs to, by its prefix. */
export function findNodeTypeName(id: string): NodeTypeName | undefined {
  const prefix = id.slice(0, id.indexOf('_'));
  return (Object.keys(ID_PREFIXES) as NodeTypeName[]).find((type) => ID_PREFIXES[type] === prefix);
}
