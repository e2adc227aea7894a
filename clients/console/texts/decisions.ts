import type { AccessLevel } from '../generated/graphql.ts';

/** Why something is refused, by what `explainAccess` calls the reason. */
const reasons = {
  default_user_access: 'The workspace has the server, but only for people who are switched on, and this person is not.',
  user_override: 'There is an exception for this person.',
  rule_denied: 'A rule denies it.',
  requirement_not_met: 'A rule requires something that does not hold here.',
  condition_broken: 'The condition of a rule cannot be evaluated, so it refuses.',
  capability_disabled: 'It is switched off in this workspace.',
  capability_held: 'It is new, and waits for somebody to approve it.',
  definition_changed: 'Its definition changed, and waits for somebody to approve the difference.',
  ui_of_refused_tools: 'It belongs to a tool that is refused.',
  name_too_long: 'The name is too long for anything.',
  name_unknown: 'The server offers nothing of this name.',
  caller_not_admitted: 'They are not in this workspace, or may not sign in.',
  server_not_routed: 'The workspace does not have the server, or the server is off.',
} as Readonly<Record<string, string>>;

/** The same where it is allowed for that reason. */
const allowedReasons = {
  grant: 'The workspace has the server, and nothing takes this away.',
  default_user_access: 'The workspace has the server for everybody in it, and nothing takes this away.',
  user_override: 'The workspace has the server, and there is an exception for this person.',
} as Readonly<Record<string, string>>;

/** What is said of a decision about somebody and what they would use, wherever it is shown. */
export const texts = {
  why: (reason: string, isAllowed: boolean): string => (isAllowed ? allowedReasons[reason] : undefined) ?? reasons[reason] ?? reason,
  levels: {
    ORGANIZATION: 'Decided by the server’s own rules',
    WORKSPACE: 'Decided by the workspace',
    PEOPLE: 'Decided for the person',
  } satisfies Record<AccessLevel, string>,
} as const;
