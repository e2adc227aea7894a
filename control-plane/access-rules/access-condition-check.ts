import { Field, Int, ObjectType } from 'type-graphql';
import { compileCondition } from '../../contract/condition.ts';
import type { ConditionFault } from '../../contract/condition-fault.ts';

@ObjectType('AccessConditionFault', { description: 'What is wrong with a condition, and where.' })
export class AccessConditionFaultType {
  @Field(() => String, { description: 'What is wrong, and what is known instead. For people; not stable.' })
  message!: string;

  @Field(() => Int, { description: 'The line, from 1.' })
  line!: number;

  @Field(() => Int, { description: 'The column, from 1.' })
  column!: number;

  @Field(() => Int, { description: 'How many characters are at fault; 0 where something is missing.' })
  length!: number;
}

@ObjectType('AccessConditionCheck', { description: 'Whether a text can be the condition of a rule.' })
export class AccessConditionCheckType {
  @Field(() => Boolean, { description: 'Whether it can be saved.' })
  isValid!: boolean;

  @Field(() => AccessConditionFaultType, { nullable: true, description: 'The first fault; null where there is none.' })
  fault!: AccessConditionFaultType | null;
}

/** Checks a condition as saving it would. */
export function checkCondition(condition: string): AccessConditionCheckType {
  const compiled = compileCondition(condition);
  return compiled.ok ? { isValid: true, fault: null } : { isValid: false, fault: toFault(condition, compiled.error) };
}

/** What is wrong with a condition, as one sentence that points at the place; undefined where nothing is. */
export function findConditionFault(condition: string): string | undefined {
  const { fault } = checkCondition(condition);
  if (fault === null) return undefined;
  const { message, line, column, length } = fault;
  const lineText = condition.split('\n')[line - 1] ?? '';
  const part = lineText.slice(column - 1, column - 1 + Math.min(length, MAX_QUOTED));
  return `Line ${line}, column ${column}${part === '' ? '' : ` ("${part}")`}: ${message}.`;
}

/** How much of a condition an error repeats, in characters. */
const MAX_QUOTED = 40;

function toFault(condition: string, { message, start, end }: ConditionFault): AccessConditionFaultType {
  const before = condition.slice(0, start).split('\n');
  return { message, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, length: end - start };
}
