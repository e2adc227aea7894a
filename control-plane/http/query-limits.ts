import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloArmor } from '@escape.tech/graphql-armor';
import { getVariableValues, GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';
import { getComplexity, simpleEstimator, type ComplexityEstimator } from 'graphql-query-complexity/cjs'; // its ESM build loads a second copy of graphql
import { DEFAULT_PAGE_SIZE } from '../api/page.ts';

/** The deepest query, in levels of fields. */
const MAX_DEPTH = 14;
/** The most aliases in a request: each is a field more. */
const MAX_ALIASES = 50;
/** The longest request, in tokens of its text. */
export const MAX_TOKENS = 3_000;
/** The most objects and values a query may ask for, pages counted at the size that was asked for. */
const MAX_COST = 50_000;

/** The largest request body. */
export const MAX_REQUEST_BODY = '512kb';

const armor = new ApolloArmor({
  maxDepth: { n: MAX_DEPTH },
  maxAliases: { n: MAX_ALIASES },
  maxTokens: { n: MAX_TOKENS },
  costLimit: { enabled: false }, // knows nothing of page sizes; see below
  blockFieldSuggestion: { enabled: false }, // the schema is public
}).protect();

/** Limits that the text of a query decides. */
export const validationRules = armor.validationRules;

/** A page costs its items, whether or not they exist. */
const pageEstimator: ComplexityEstimator = ({ args, childComplexity }) => {
  const first: unknown = args['first'];
  return typeof first === 'number' ? 1 + Math.max(1, Math.min(first, DEFAULT_PAGE_SIZE * 2)) * childComplexity : undefined;
};

/** What a client asks to be run. */
export interface AskedOperation {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Why a valid operation asks for too much; undefined where it does not. */
export function findCostFault(schema: GraphQLSchema, { document, operationName, variables }: AskedOperation): string | undefined {
  const cost = getComplexity({
    schema,
    query: document,
    operationName: operationName ?? undefined,
    variables,
    estimators: [pageEstimator, simpleEstimator({ defaultComplexity: 1 })],
  });
  return cost > MAX_COST ? `The query asks for up to ${cost} values; the limit is ${MAX_COST}. Ask for smaller pages.` : undefined;
}

/** Refuses queries that ask for too much before anything is read. */
export function limitCost(schema: GraphQLSchema): ApolloServerPlugin {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ document, operation, operationName, request }) {
          // Variables that do not fit are left to the execution, which reports all of them before any field runs.
          const { errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], request.variables ?? {});
          if (errors !== undefined) return Promise.resolve();
          const fault = findCostFault(schema, { document, operationName, variables: request.variables ?? {} });
          if (fault !== undefined) throw new GraphQLError(fault, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
          return Promise.resolve();
        },
      }),
  };
}

/** The plugins that the limits need. */
export const limitPlugins = armor.plugins;
