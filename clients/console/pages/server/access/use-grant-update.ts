import { useEffect, useRef } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { ServerAccessUpdateDocument, type AccessGrantUpdateInput, type GrantStateFragment } from '../../../generated/graphql.ts';

/**
 * Changes a grant step by step. Each step begins with what the one before it left, so that switches pressed one after the other are not in
 * each other's way, and what somebody else changed meanwhile is not overwritten.
 */
export function useGrantUpdate(grant: GrantStateFragment): {
  readonly isRunning: boolean;
  readonly update: (toInput: (latest: GrantStateFragment) => AccessGrantUpdateInput) => void;
} {
  const { run, isRunning } = useChange(ServerAccessUpdateDocument);
  const latest = useRef(grant);
  const steps = useRef<Promise<void>>(Promise.resolve());
  useEffect(() => {
    if (grant.version > latest.current.version) latest.current = grant;
  }, [grant]);
  const step = async (toInput: (latest: GrantStateFragment) => AccessGrantUpdateInput) => {
    const { id, version } = latest.current;
    const outcome = await run({ id, input: toInput(latest.current), expectedVersion: version }, { subject: id });
    if (outcome.ok && outcome.payload.accessGrant != null) latest.current = outcome.payload.accessGrant;
  };
  return { isRunning, update: (toInput) => void (steps.current = steps.current.then(() => step(toInput))) };
}
