import type { LockdownKind } from '../generated/graphql.ts';

/** What is said where something is stopped everywhere. */
export const texts = {
  locked: 'Locked down',
  lock: 'Lock down',
  lockIt: (name: string) => `Lock down ${name}`,
  lockTitle: (name: string) => `Lock down ${name}?`,
  lockNow: 'Lock down now',
  stops: {
    MCP_SERVER:
      'Every call to this server is refused, in every workspace, for everybody. Open streams and sessions end; a call under way comes to its end. Grants, rules and connections stay as they are.',
    WORKSPACE:
      'Every call to every server of this workspace is refused, for everybody in it. Open streams and sessions end; a call under way comes to its end. Members, grants, rules and connections stay as they are.',
    USER: 'Everything this person does is refused: calls with any key or client, and the console. They are signed out everywhere, and open streams and sessions end. What they have stays as it is.',
    API_KEY:
      'Every call with this key is refused; open streams and sessions that rest on it end. The key stays, and works again when the lockdown ends.',
  } satisfies Record<LockdownKind, string>,
  stopped: {
    MCP_SERVER: 'Every call to this server is refused, in every workspace.',
    WORKSPACE: 'Every call to every server of this workspace is refused.',
    USER: 'Everything this person does is refused.',
    API_KEY: 'Every call with this key is refused.',
  } satisfies Record<LockdownKind, string>,
  reason: 'Why',
  reasonHint: 'Whoever finds it locked reads this, and so does the audit. At most 2,000 characters.',
  lockedDone: (name: string) => `${name} is locked down. What is changing shows until every gateway enforces it.`,
  noticeTitle: (name: string) => `${name} is locked down`,
  begun: (name: string | undefined) => (name === undefined ? 'Begun' : `Begun by ${name}`),
  unlock: 'Unlock',
  unlockIt: (name: string) => `Unlock ${name}`,
  unlockTitle: (name: string) => `Unlock ${name}?`,
  unlockText: 'What was stopped works as before, as soon as every gateway knows. People who were signed out sign in again.',
  unlockedDone: (name: string) => `${name} is unlocked.`,
  explain: 'Change the reason',
  explainTitle: 'Change the reason',
  explained: 'Saved.',
  save: 'Save',
} as const;
