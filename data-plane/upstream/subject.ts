import { err, ok, type Result } from '../../foundation/result.ts';
import type { Caller } from '../request/caller.ts';
import type { Rejection, SubjectKind } from '../request/rejection.ts';
import type { Target } from '../request/target.ts';

/** Whose credential a call uses. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
}

/** The subject that the server's granularity names. */
export function findSubject({ server, workspace }: Target, caller: Caller): Result<Subject, Rejection> {
  switch (server.granularity) {
    case 'ORGANIZATION':
      return ok({ kind: 'organization', id: server.organizationId });
    case 'WORKSPACE':
      return ok({ kind: 'workspace', id: workspace.id });
    case 'USER':
      return caller.subject.kind === 'USER'
        ? ok({ kind: 'user', id: caller.subject.userId })
        : err({ reason: 'person_required', serverId: server.id });
  }
}
