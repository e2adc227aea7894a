import type { OrganizationRole } from '../generated/graphql.ts';
import { titles } from './titles.ts';

/** What the list of people and the page of a person say. */
export const texts = {
  title: titles.people,
  lead: 'Everybody in the organization. What they may use is decided by the workspaces they are in.',
  find: 'Find by name or e-mail address',
  nothingFound: 'Nobody is called like that',
  nothingFoundText: 'Try another part of the name or of the e-mail address.',
  add: 'Add a person',
  name: 'Name',
  email: 'E-mail address',
  emailHint: 'They sign in with it. It never changes.',
  role: 'Role',
  roleHints: {
    OWNER: 'Everything, the organization itself and its identity providers included.',
    ADMIN: 'Manages servers, workspaces, people and keys.',
    AUDITOR: 'Sees everything, changes nothing.',
    MEMBER: 'Uses what the workspaces they are in have.',
  } satisfies Record<OrganizationRole, string>,
  state: 'State',
  active: 'Active',
  disabled: 'Disabled',
  since: 'Since',
  added: (name: string) => `${name} was added. Send them a sign-in link, or let them sign in by your identity provider.`,
  // page
  back: 'People',
  you: 'you',
  save: 'Save',
  saved: 'Saved.',
  groups: 'Groups',
  disable: 'Disable',
  enable: 'Enable',
  disableTitle: (name: string) => `Disable ${name}?`,
  disableText:
    'They are signed out, and whatever uses their keys or clients they allowed is refused. Nothing is lost: enable them again and all of it works as before.',
  disabledDone: (name: string) => `${name} is disabled.`,
  enabledDone: (name: string) => `${name} is enabled.`,
  link: 'Make a sign-in link',
  linkTitle: 'A link that works once',
  linkText: (name: string) =>
    `Send it to ${name} on a safe way: whoever opens it first chooses the password. An older link of theirs does not work any longer.`,
  linkExpires: 'Works until',
  copyLink: 'Copy the link',
  done: 'Done',
  memberships: 'Workspaces',
  noMembership: 'In no workspace. Add them on the page of a workspace.',
  delete: 'Delete the person',
  deleteTitle: 'Delete this person',
  deleteText: 'To keep somebody out for a while, disable them instead.',
  deleteQuestion: (name: string) => `Delete ${name}?`,
  deleteLoss: (losses: string | undefined) =>
    `${losses === undefined ? 'They have no memberships, keys, connected accounts or allowed clients.' : `Lost with them: ${losses}.`} What they did stays in the logs. This cannot be undone.`,
  deleted: (name: string) => `${name} was deleted.`,
} as const;
