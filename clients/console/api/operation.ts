import type { AnyVariables, CombinedError, TypedDocumentNode } from 'urql';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { texts } from '../texts/shell.ts';

/** An operation that codegen made of a `.graphql` file. */
export type Operation<Data, Variables> = TypedDocumentString<Data, Variables>;

/** Codegen's operations are texts; the client parses them when they are first used. */
export function toDocument<Data, Variables extends AnyVariables>(
  operation: Operation<Data, Variables>,
): TypedDocumentNode<Data, Variables> {
  return operation.toString() as unknown as TypedDocumentNode<Data, Variables>;
}

/** What went wrong with a request as a whole, in words for the person. */
export function explainError(error: CombinedError): string {
  return error.graphQLErrors[0]?.message ?? texts.unreachable;
}
