import type { AnyVariables } from 'urql';
import { client } from '../api/client.ts';
import { explainError, toDocument, type Operation } from '../api/operation.ts';
import { showFaults } from '../api/use-change.ts';
import { confirmLoss, type LossQuestion } from './confirm.tsx';

/** Asks before something is deleted, with what will be lost by the numbers of this moment. */
export async function confirmCountedLoss<Data, Variables extends AnyVariables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  toQuestion: (data: Data) => LossQuestion,
): Promise<void> {
  const { data, error } = await client.query(toDocument(operation), variables, { requestPolicy: 'network-only' }).toPromise();
  if (error !== undefined) showFaults([{ code: 'INVALID', message: explainError(error) }]);
  else if (data !== undefined) confirmLoss(toQuestion(data));
}
