import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { AnyVariables } from 'urql';
import type { UserErrorCode } from '../generated/graphql.ts';
import { texts } from '../texts/shell.ts';
import { client } from './client.ts';
import { watchRevision } from './enforcement.ts';
import { explainError, toDocument, type Operation } from './operation.ts';
import { refreshAll } from './refresh.ts';

/** Why nothing was changed. */
export interface ChangeFault {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly field?: readonly string[] | null;
}

interface Payload {
  readonly snapshotRevision?: number | null;
  readonly userErrors: readonly ChangeFault[];
}

/** The one field of a mutation's answer. */
export type PayloadOf<Data> = Extract<Data[Exclude<keyof Data, '__typename'>], Payload>;

/** How a change went. */
export type ChangeOutcome<Data> =
  { readonly ok: true; readonly payload: PayloadOf<Data> } | { readonly ok: false; readonly faults: readonly ChangeFault[] };

/** What a change is about, and who shows its faults. */
export interface ChangeOptions {
  /** The id of the object whose state shows until the change is enforced. */
  readonly subject?: string;
  /** Set where a form shows faults beside its fields: nothing is said elsewhere then. */
  readonly isQuiet?: boolean;
}

/** Runs a mutation, says what went wrong, reads again what is on the screen, and follows the change until gateways enforce it. */
export function useChange<Data, Variables extends AnyVariables>(
  operation: Operation<Data, Variables>,
): { readonly isRunning: boolean; readonly run: (variables: Variables, options?: ChangeOptions) => Promise<ChangeOutcome<Data>> } {
  const [runningCount, setRunningCount] = useState(0);
  const run = async (variables: Variables, options: ChangeOptions = {}): Promise<ChangeOutcome<Data>> => {
    setRunningCount((count) => count + 1);
    const outcome = await runChange(operation, variables, options.subject);
    setRunningCount((count) => count - 1);
    if (!outcome.ok && options.isQuiet !== true) showFaults(outcome.faults);
    return outcome;
  };
  return { isRunning: runningCount > 0, run };
}

async function runChange<Data, Variables extends AnyVariables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  subject: string | undefined,
): Promise<ChangeOutcome<Data>> {
  const { data, error } = await client.mutation(toDocument(operation), variables).toPromise();
  if (error !== undefined) return { ok: false, faults: [{ code: 'INVALID', message: explainError(error) }] };
  const payload = findPayload<Data>(data as Data);
  if (payload.userErrors.length > 0) return { ok: false, faults: payload.userErrors };
  if (payload.snapshotRevision != null) watchRevision(payload.snapshotRevision, subject);
  refreshAll();
  return { ok: true, payload };
}

function findPayload<Data>(data: Data): PayloadOf<Data> {
  const [, payload] = Object.entries(data as object).find(([name]) => name !== '__typename')!;
  return payload as PayloadOf<Data>;
}

/** Says why nothing was changed, at the edge of the screen. */
export function showFaults(faults: readonly ChangeFault[]): void {
  for (const { message } of faults) notifications.show({ color: 'red', title: texts.notChanged, message, autoClose: 10_000 });
}

/** Says that something is not as it should be although what was asked for was done, at the edge of the screen. */
export function showProblem(message: string): void {
  notifications.show({ color: 'orange', title: texts.problem, message, autoClose: 10_000 });
}

/** Says that something worked, at the edge of the screen. */
export function showDone(message: string): void {
  notifications.show({ color: 'green', message });
}

/** The faults of single fields by their names in the input, for a form; those of no field are shown at the edge of the screen. */
export function toFieldFaults(faults: readonly ChangeFault[], known: readonly string[]): Record<string, string> {
  const isKnown = ({ field }: ChangeFault) => known.includes(field?.[1] ?? '');
  showFaults(faults.filter((fault) => !isKnown(fault)));
  return Object.fromEntries(faults.filter(isKnown).map(({ field, message }) => [field![1]!, message]));
}
