import { useEffect, useEffectEvent, useState } from 'react';
import { client } from '../../../api/client.ts';
import { newIdempotencyKey } from '../../../api/idempotency-key.ts';
import { toDocument } from '../../../api/operation.ts';
import { useChange } from '../../../api/use-change.ts';
import { ApiKeyCreateDocument, ApiKeyDeleteDocument, SnapshotStatusDocument } from '../../../generated/graphql.ts';
import { toExpiry } from '../../../parts/api-keys/expiry.ts';
import { texts } from '../../../texts/try-tool.ts';

const MINUTES_OF_DAY = 1_440;
/** How long a key works that nobody takes back, because the browser was closed. */
const KEY_MINUTES = 30;
const ENFORCEMENT_WAIT_MS = 10_000;

interface TryKey {
  readonly id: string;
  readonly plain: string;
}

/**
 * A key of the person for this page alone: it calls the servers of one workspace with exactly the person's rights, stays in the memory of
 * the page, and is deleted when the page is left.
 */
export function useTryKey(workspaceId: string): { key: string | undefined; isMaking: boolean; make: () => Promise<string | undefined> } {
  const [key, setKey] = useState<TryKey>();
  const create = useChange(ApiKeyCreateDocument);
  const [isWaiting, setIsWaiting] = useState(false);
  const forget = useEffectEvent(() => {
    if (key !== undefined) void client.mutation(toDocument(ApiKeyDeleteDocument), { id: key.id }).toPromise();
  });
  useEffect(() => () => forget(), []);
  const make = async () => {
    const expiresAt = toExpiry(KEY_MINUTES / MINUTES_OF_DAY);
    const input = { kind: 'USER' as const, workspaceId, name: texts.keyName, scopes: ['MCP' as const], expiresAt };
    const outcome = await create.run({ input, idempotencyKey: newIdempotencyKey() });
    if (!outcome.ok) return undefined;
    const { plainKey, apiKey, snapshotRevision } = outcome.payload;
    if (plainKey == null || apiKey == null) return undefined;
    setIsWaiting(true);
    const variables = { revision: snapshotRevision ?? 0, timeoutMs: ENFORCEMENT_WAIT_MS };
    await client.query(toDocument(SnapshotStatusDocument), variables, { requestPolicy: 'network-only' }).toPromise();
    setIsWaiting(false);
    setKey({ id: apiKey.id, plain: plainKey });
    return plainKey;
  };
  return { key: key?.plain, isMaking: create.isRunning || isWaiting, make };
}
