import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, visit, type DocumentNode } from 'graphql';

const NUL = '\u0000';

/** Why such a text is refused. */
export const NUL_FAULT = 'A text must not contain the NUL character.';

/** PostgreSQL stores no NUL and refuses a text that has one, so such a text names nothing and can become nothing. */
export const refuseNul: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ document, request }) {
        if (hasNulText(document, request.variables)) {
          throw new GraphQLError(NUL_FAULT, {
            extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
          });
        }
        return Promise.resolve();
      },
    }),
};

/** Whether a NUL is anywhere in an operation. */
export function hasNulText(document: DocumentNode, variables: unknown): boolean {
  return hasNul(variables) || hasNulLiteral(document);
}

function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(NUL);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasNul);
}

function hasNulLiteral(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    StringValue(node) {
      found ||= node.value.includes(NUL);
    },
  });
  return found;
}
