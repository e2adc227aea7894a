import { ApolloServer } from '@apollo/server';

import { openContext } from '../http/context.ts';

export const wiring = [ApolloServer, openContext];
