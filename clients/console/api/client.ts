import { Client, cacheExchange, fetchExchange, mapExchange } from 'urql';
import { readCsrfToken } from './page-facts.ts';

/** The one connection to the public API: the same operations that everybody can send, as the person who is signed in. */
export const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  requestPolicy: 'cache-and-network',
  fetchOptions: { headers: { 'x-sluice-csrf': readCsrfToken() } },
  exchanges: [
    mapExchange({
      onError(error) {
        // The session ended. The control plane leads to the sign-in page and back to this very address.
        if (error.graphQLErrors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED')) location.reload();
      },
    }),
    cacheExchange,
    fetchExchange,
  ],
});
