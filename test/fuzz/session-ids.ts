import { randomBytes } from 'node:crypto';
import { KeyRing } from '../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../contract/sealed-secret.ts';
import { packInitialize } from '../../data-plane/mcp/packed-initialize.ts';
import { SessionIds, type Session } from '../../data-plane/mcp/session-id.ts';
import { mutate } from './mutate.ts';
import { MESSAGES } from './messages.ts';
import type { FuzzTarget } from './target.ts';

const WORDS: readonly string[] = ['.', '-', '_', '=', 'a.', 'b.', 's1.', 'A', '__proto__', '%00', 'x'.repeat(200)];

const BINDING = { routeId: 'grant_1', callerId: 'user:usr_1' };
const CLIENT = { protocolVersion: '2025-11-25', clientInfo: { name: 'x' }, capabilities: {} };
const SESSIONS: readonly Session[] = [
  { kind: 'pass-through', upstreamSessionId: 'upstream', initialize: packInitialize(Buffer.from(MESSAGES[0]!)), ...BINDING },
  { kind: 'bridged', home: 'dp_1', key: 'k', client: CLIENT, ...BINDING },
  { kind: 'sse', home: 'dp_1', key: 'k', client: CLIENT, ...BINDING },
];

const ring = KeyRing.parse(`a:${randomBytes(32).toString('base64')},b:${randomBytes(32).toString('base64')}`);
const ids = new SessionIds(ring);
const SEALED = SESSIONS.map((session) => ids.seal(session));
const TICKET = sealSecret(ring, 'parked-call:grant_1:user:usr_1', '["dp_1","key"]');

/** Session ids and tickets that were changed on the way. */
export const sessionIds: FuzzTarget = {
  name: 'session opener',
  run(random) {
    const position = random.below(SEALED.length);
    const sealed = SEALED[position]!;
    const id = mutate(Buffer.from(sealed), random, WORDS).toString('latin1');
    const opened = ids.find(id, 'grant_1', 'user:usr_1');
    if (opened !== undefined && id !== sealed) return 'a changed id opened';
    if (ids.find(sealed, 'grant_2', 'user:usr_1') !== undefined) return 'an id opened on another route';
    if (ids.find(sealed, 'grant_1', 'user:usr_2') !== undefined) return 'an id opened for another caller';
    const ticket = mutate(Buffer.from(TICKET), random, WORDS).toString('latin1');
    // The last character may be written in several ways (RFC 4648 section 3.5): such a ticket is not a forged one.
    if (openSecret(ring, 'parked-call:grant_1:user:usr_1', ticket).ok && !isSameBytes(ticket, TICKET)) return 'a changed ticket opened';
    return openSecret(ring, 'parked-call:grant_1:user:usr_2', TICKET).ok ? 'a ticket opened for another caller' : undefined;
  },
};

function isSameBytes(left: string, right: string): boolean {
  const bytesOf = (text: string) => Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url');
  return bytesOf(left).equals(bytesOf(right)) && left.slice(0, left.lastIndexOf('.')) === right.slice(0, right.lastIndexOf('.'));
}
