import type { ApolloServerPlugin } from '@apollo/server';
import type { WorkObserver } from '../telemetry/index.ts';

/** The longest operation name that a span shows, in characters: clients choose it. */
const MAX_NAME = 128;

/** Measures every GraphQL operation. Its text and its variables are nobody's business: they hold what people enter. */
export function observeOperations(observer: WorkObserver): ApolloServerPlugin {
  return {
    requestDidStart: ({ request }) => {
      const startedAs = { work: 'graphql', traceparent: request.http?.headers.get('traceparent') } as const;
      const observed = observer.begin(startedAs);
      return Promise.resolve({
        willSendResponse({ operation, operationName, errors }) {
          const code = errors?.[0]?.extensions?.['code'];
          const outcome = errors === undefined || errors.length === 0 ? 'completed' : code === 'INTERNAL' ? 'failed' : 'refused';
          observed.end(outcome, outcome === 'failed', {
            'graphql.operation.type': operation?.operation,
            'graphql.operation.name': operationName?.slice(0, MAX_NAME),
          });
          return Promise.resolve();
        },
      });
    },
  };
}
