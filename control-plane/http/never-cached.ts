import type { ApolloServerPlugin } from '@apollo/server';

/** Every answer is one caller's at one moment. Apollo would find that out for each value of each answer, by hints that nothing here gives. */
export const neverCached: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response }) {
        response.http.headers.set('cache-control', 'no-store');
        return Promise.resolve();
      },
    }),
};
