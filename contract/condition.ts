// Trust boundary: expressions that administrators write, evaluated over what strangers send. CEL (https://cel.dev) has no loops, no
// assignment and no access to anything but the variables below; what could still cost much is refused when a condition is compiled (regular
// expressions, comprehensions in comprehensions, binding) or evaluated (arguments beyond a bound).
import { Environment } from '@marcbachmann/cel-js';
import { err, ok, type Result } from '../foundation/result.ts';
import { ACCESS_BOUNDS } from './access-rule.ts';
import { toConditionFault, toNotACondition, toTooLong, type ConditionFault } from './condition-fault.ts';
import { CallerScope, CapabilityScope, HintsScope, CALLER_FIELDS, CAPABILITY_FIELDS, HINT_FIELDS } from './condition-scope.ts';
import { inspectCondition, type ConditionShape } from './condition-shape.ts';
import { isWithin, type ValueBounds } from './value-bounds.ts';

/** What a condition says. `undecided`: it depends on arguments, and there are none because a list is asked for. */
export type ConditionOutcome = 'holds' | 'fails' | 'undecided' | 'broken';

/** The arguments of a call; undefined where capabilities are listed. */
export type CallArguments = Readonly<Record<string, unknown>> | undefined;

/** A condition, ready to be evaluated. */
export interface Condition {
  /** Whether it is the same for every capability and every call of one caller. */
  readonly readsCallerOnly: boolean;
  evaluate(caller: CallerScope, capability: CapabilityScope, callArguments: CallArguments): ConditionOutcome;
}

const PLAIN_BOUNDS: ValueBounds = { values: 10_000, characters: 1_048_576 };
/** Tighter where a comprehension does its work once for every element. */
const COMPREHENSION_BOUNDS: ValueBounds = { values: 1_000, characters: 16_384 };

const environment = new Environment({
  limits: { maxAstNodes: 300, maxDepth: 32, maxListElements: 200, maxMapEntries: 50, maxCallArguments: 8 },
})
  .registerType('ToolHints', { ctor: HintsScope, fields: HINT_FIELDS })
  .registerType('Caller', { ctor: CallerScope, fields: CALLER_FIELDS })
  .registerType('Capability', { ctor: CapabilityScope, fields: CAPABILITY_FIELDS })
  .registerVariable('caller', 'Caller')
  .registerVariable('capability', 'Capability')
  .registerVariable('arguments', 'map<string, dyn>');

/** Compiles a condition: parsed, type-checked and bounded. */
export function compileCondition(text: string): Result<Condition, ConditionFault> {
  if (text.length > ACCESS_BOUNDS.conditionChars) return err(toTooLong(text));
  try {
    const parsed = environment.parse(text);
    const shape = inspectCondition(parsed.ast);
    if (shape.refused !== undefined) return err({ code: 'not_allowed', ...shape.refused });
    const checked = parsed.check();
    if (!checked.valid) return err(toConditionFault(checked.error, text));
    // `dyn` is what an argument is before a call is there.
    if (checked.type !== 'bool' && checked.type !== 'dyn') return err(toNotACondition(checked.type ?? 'unknown', text));
    return ok(toCondition(parsed, shape.reads));
  } catch (cause) {
    return err(toConditionFault(cause, text));
  }
}

function toCondition(evaluate: (context: object) => unknown, reads: ConditionShape['reads']): Condition {
  const bounds = reads.comprehends ? COMPREHENSION_BOUNDS : PLAIN_BOUNDS;
  return {
    readsCallerOnly: !reads.arguments && !reads.capability,
    evaluate(caller, capability, callArguments) {
      if (reads.arguments && callArguments !== undefined && !isWithin(callArguments, bounds)) return 'broken';
      const context = new ConditionContext(caller, capability, callArguments);
      try {
        const value = evaluate(context);
        if (value === true) return 'holds';
        return value === false ? 'fails' : 'broken';
      } catch {
        // CEL absorbs errors where the other side of && or || decides, so a value above does not depend on what was missing.
        return context.missedArguments ? 'undecided' : 'broken';
      }
    },
  };
}

/** The variables, in a form that notices when arguments were asked for that are not there. */
class ConditionContext {
  readonly caller: CallerScope;
  readonly capability: CapabilityScope;
  readonly #arguments: CallArguments;
  missedArguments = false;

  constructor(caller: CallerScope, capability: CapabilityScope, callArguments: CallArguments) {
    this.caller = caller;
    this.capability = capability;
    this.#arguments = callArguments;
  }

  get arguments(): CallArguments {
    if (this.#arguments === undefined) this.missedArguments = true;
    return this.#arguments;
  }
}
