import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from '../../foundation/logger.ts';
import { AccessError } from '../api/access-error.ts';

/** Codes of faults in the request itself, whose text was written for the client. */
const REQUEST_FAULTS: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** Decides what a client learns of an error: of its own faults everything, of ours only an id to ask the operator about. */
export function makeErrorFormatter(logger: Logger): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const { message, locations, path } = formatted;
    const cause = unwrapResolverError(error);
    if (cause instanceof AccessError) return { message: cause.message, locations, path, extensions: { code: cause.code } };
    if (REQUEST_FAULTS.has(formatted.extensions?.['code'])) return { message, locations, path, extensions: { code: 'BAD_REQUEST' } };
    const errorId = randomUUID();
    logger.error({ event: 'bug', errorId, err: cause });
    return { message: `Internal error ${errorId}.`, locations, path, extensions: { code: 'INTERNAL', errorId } };
  };
}
