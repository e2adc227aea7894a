import {
  GraphQLError,
  getOperationAST,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { z } from 'zod';
import { err, ok, type Result } from '../../foundation/result.ts';
import { findCostFault, MAX_TOKENS, validationRules, type AskedOperation } from './query-limits.ts';
import { hasNulText, NUL_FAULT } from './refuse-nul.ts';

const BodySchema = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** Reads what a client asks to follow, by the limits that hold for queries. An error is the client's own fault, in words for it. */
export function parseLiveRequest(schema: GraphQLSchema, body: unknown): Result<AskedOperation, readonly GraphQLError[]> {
  const parsed = BodySchema.safeParse(body);
  if (!parsed.success) return refuse('The body is not {"query": …, "variables": …}.');
  const { query, operationName, variables } = parsed.data;
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: MAX_TOKENS });
  } catch (cause) {
    return err([cause instanceof GraphQLError ? cause : new GraphQLError('The query cannot be read.')]);
  }
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION)
    return refuse('Only subscriptions are served here. Queries and mutations go to /graphql.');
  const faults = validate(schema, document, [...specifiedRules, ...validationRules]);
  if (faults.length > 0) return err(faults);
  const asked: AskedOperation = { document, operationName, variables: variables ?? {} };
  if (hasNulText(document, asked.variables)) return refuse(NUL_FAULT);
  const costFault = findCostFault(schema, asked);
  return costFault === undefined ? ok(asked) : refuse(costFault);
}

function refuse(message: string): Result<never, readonly GraphQLError[]> {
  return err([new GraphQLError(message)]);
}
