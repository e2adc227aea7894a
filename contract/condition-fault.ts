import { ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { ACCESS_BOUNDS } from './access-rule.ts';
import { CALLER_FIELDS, CAPABILITY_FIELDS, HINT_FIELDS } from './condition-scope.ts';

/** Why a text is no condition, and where: offsets into the text. */
export interface ConditionFault {
  readonly code: 'too_long' | 'syntax' | 'unknown_name' | 'type' | 'not_a_condition' | 'not_allowed';
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** A text beyond the bound. */
export function toTooLong(text: string): ConditionFault {
  const { conditionChars } = ACCESS_BOUNDS;
  return { code: 'too_long', message: `A condition has at most ${conditionChars} characters`, start: conditionChars, end: text.length };
}

/** An expression of another type. */
export function toNotACondition(type: string, text: string): ConditionFault {
  return { code: 'not_a_condition', message: `A condition is true or false; this is ${type}`, start: 0, end: text.length };
}

/** What the CEL library says of a text. Anything else it throws is a bug, and stays one. */
export function toConditionFault(cause: unknown, text: string): ConditionFault {
  const isSyntax = cause instanceof ParseError;
  if (!isSyntax && !(cause instanceof CelTypeError)) throw cause;
  const { start, end } = cause.range ?? { start: 0, end: text.length };
  const isUnknown = cause.code === 'unknown_variable' || cause.code === 'no_such_key';
  const message = isUnknown ? `${cause.summary}. ${KNOWN_NAMES}` : cause.summary;
  return { code: isUnknown ? 'unknown_name' : isSyntax ? 'syntax' : 'type', message, start, end };
}

const KNOWN_NAMES = [
  `Known: ${toNames('caller', CALLER_FIELDS)}`,
  toNames('capability', CAPABILITY_FIELDS),
  toNames('capability.annotations', HINT_FIELDS),
  'arguments',
].join(', ');

function toNames(variable: string, fields: object): string {
  return Object.keys(fields)
    .map((field) => `${variable}.${field}`)
    .join(', ');
}
