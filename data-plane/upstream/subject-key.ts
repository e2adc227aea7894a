import type { Caller } from '../request/caller.ts';
import type { Target } from '../request/target.ts';

/** Names, within one server, the subject whose credential a call uses; empty for a server that needs none. */
export function findSubjectKey(target: Target, caller: Caller): string {
  if (target.server.authentication === 'NONE') return '';
  switch (target.server.granularity) {
    case 'ORGANIZATION':
      return target.server.organizationId;
    case 'WORKSPACE':
      return target.workspace.id;
    case 'USER':
      return caller.id;
  }
}
