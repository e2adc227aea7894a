import type { SubjectKind, WireError } from './rejection.ts';

/** Who has to do something, and where, if there is no page for it. */
const WITHOUT_LINK: Readonly<Record<SubjectKind, string>> = {
  organization: 'An administrator of the organization has to connect the server.',
  workspace: 'A manager of the workspace has to connect the server.',
  user: 'Connect your account on the server, under connections.',
};

const WITH_LINK: Readonly<Record<SubjectKind, string>> = {
  organization: 'An administrator of the organization can connect it at',
  workspace: 'A manager of the workspace can connect it at',
  user: 'Connect your account at',
};

/** What a client is told where a person has to give the gateway access to the server. In band, so that the person gets to read it. */
export function toConnectRefusal(problem: string, subject: SubjectKind, connectUrl: string | undefined): WireError {
  const wire = { status: 403, code: -32600, isInBand: true, signsInAgain: true } as const;
  if (connectUrl === undefined) return { ...wire, message: `${problem} ${WITHOUT_LINK[subject]}` };
  return { ...wire, message: `${problem} ${WITH_LINK[subject]} ${connectUrl}`, data: { url: connectUrl } };
}
