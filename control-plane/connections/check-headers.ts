import { err, ok, type Result } from '../../foundation/result.ts';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { findNameFault, findValueFault, MAX_HEADERS, MAX_TOTAL_LENGTH } from '../mcp-servers/index.ts';
import type { PlainHeader } from './sealed-headers.ts';

/** A header as it came in; without a value it stands for the one that is stored. */
export interface HeaderDraft {
  readonly name: string;
  readonly value?: string | null;
}

const FIELD = ['input', 'headers'];

/**
 * The headers of a credential, where all of them can be stored; otherwise every fault, none of which repeats a value.
 * @param stored where the value of a name comes from that has none in the drafts.
 * @param wanted the names that there have to be; null where there may be any.
 */
export function checkHeaders(
  drafts: readonly HeaderDraft[],
  stored: readonly PlainHeader[],
  wanted: readonly string[] | null,
): Result<PlainHeader[], readonly UserError[]> {
  if (drafts.length === 0) return err([{ code: UserErrorCode.INVALID, message: 'A connection has at least one header.', field: FIELD }]);
  if (drafts.length > MAX_HEADERS) {
    return err([{ code: UserErrorCode.LIMIT_REACHED, message: `A connection has at most ${MAX_HEADERS} headers.`, field: FIELD }]);
  }
  if (wanted !== null && !areSame(wanted, drafts)) {
    const message = `This server takes a value for each of these headers, and for no other: ${wanted.join(', ')}.`;
    return err([{ code: UserErrorCode.INVALID, message, field: FIELD }]);
  }
  const values = new Map(stored.map(({ name, value }) => [name.toLowerCase(), value]));
  const headers = drafts.map(({ name, value }) => ({ name, value: value ?? values.get(name.toLowerCase()) }));
  const faults = headers.flatMap((header, index) => findFaults(header, index, headers));
  if (faults.length > 0) return err(faults);
  const complete = headers.map(({ name, value = '' }) => ({ name, value }));
  const total = complete.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (total <= MAX_TOTAL_LENGTH) return ok(complete);
  const message = `The headers of a connection have at most ${MAX_TOTAL_LENGTH} characters in all.`;
  return err([{ code: UserErrorCode.LIMIT_REACHED, message, field: FIELD }]);
}

function areSame(wanted: readonly string[], drafts: readonly HeaderDraft[]): boolean {
  const toSorted = (names: readonly string[]) => names.map((name) => name.toLowerCase()).toSorted();
  return toSorted(wanted).join() === toSorted(drafts.map(({ name }) => name)).join();
}

function findFaults(
  { name, value }: { name: string; value: string | undefined },
  index: number,
  all: readonly { name: string }[],
): UserError[] {
  const at = (part: 'name' | 'value', message: string): UserError => ({
    code: UserErrorCode.INVALID,
    message: `The ${part} of header ${index + 1} ${message}.`,
    field: [...FIELD, String(index), part],
  });
  const nameFault = findNameFault(name);
  const isRepeated = all.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) < index;
  const valueFault = value === undefined ? 'is missing, and none is stored under this name' : findValueFault(value);
  return [
    ...(nameFault === undefined ? [] : [at('name', nameFault)]),
    ...(isRepeated ? [at('name', 'is there twice')] : []),
    ...(valueFault === undefined ? [] : [at('value', valueFault)]),
  ];
}
