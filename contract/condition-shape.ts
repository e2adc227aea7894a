import type { ASTNode } from '@marcbachmann/cel-js';

/** What a condition consists of, as far as its cost and its variables go. */
export interface ConditionShape {
  readonly reads: { readonly arguments: boolean; readonly capability: boolean; readonly comprehends: boolean };
  /** The first part that is not allowed. */
  readonly refused?: { readonly message: string; readonly start: number; readonly end: number };
}

const COMPREHENSIONS = ['all', 'exists', 'exists_one', 'filter', 'map'];

/**
 * What may be called. Not among them: `matches`, because JavaScript's regular expressions can take exponential time on an argument that
 * a stranger chose, and `bind`, because a value that is doubled thirty times does not fit any memory.
 */
const CALLABLE = new Set(
  [
    COMPREHENSIONS,
    ['has', 'size', 'startsWith', 'endsWith', 'contains', 'indexOf', 'lastIndexOf', 'substring', 'lowerAscii', 'upperAscii', 'trim'],
    ['int', 'uint', 'double', 'string', 'bool', 'dyn', 'type', 'timestamp', 'duration'],
  ].flat(),
);

/** Looks a parsed condition through. */
export function inspectCondition(root: ASTNode): ConditionShape {
  const reads = { arguments: false, capability: false, comprehends: false };
  let refused: ConditionShape['refused'];
  const refuse = (node: ASTNode, message: string) => {
    refused ??= { message, start: node.start, end: node.end };
  };

  const visitCall = (node: ASTNode, name: string, isNested: boolean): boolean => {
    if (!CALLABLE.has(name)) refuse(node, `${name}() cannot be used here. Known: ${[...CALLABLE].toSorted().join(', ')}`);
    const comprehends = COMPREHENSIONS.includes(name);
    if (comprehends && isNested) refuse(node, `${name}() cannot be used inside another of ${COMPREHENSIONS.join(', ')}`);
    reads.comprehends ||= comprehends;
    return comprehends;
  };

  const visit = (part: unknown, isNested: boolean): void => {
    if (Array.isArray(part)) return part.forEach((inner) => visit(inner, isNested));
    if (!isNode(part)) return;
    if (part.op === 'id') {
      reads.arguments ||= part.args === 'arguments';
      reads.capability ||= part.args === 'capability';
    } else if (part.op === 'call') {
      visitCall(part, part.args[0], isNested);
      visit(part.args[1], isNested);
    } else if (part.op === 'rcall') {
      const [name, receiver, args] = part.args;
      visit(receiver, isNested);
      visit(args, visitCall(part, name, isNested) || isNested);
    } else if (part.op !== 'value') visit(part.args, isNested);
  };

  visit(root, false);
  return { reads, refused };
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part;
}
