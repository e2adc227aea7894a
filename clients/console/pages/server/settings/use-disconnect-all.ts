import { useState } from 'react';
import { client } from '../../../api/client.ts';
import { toDocument } from '../../../api/operation.ts';
import { useChange } from '../../../api/use-change.ts';
import { ConnectionRevokeDocument, ServerSettingsConnectionsDocument } from '../../../generated/graphql.ts';
import { confirmLoss } from '../../../parts/confirm.tsx';
import { texts } from '../../../texts/server-settings.ts';

/** Takes every connection of a server away, after asking. */
export function useDisconnectAll(serverId: string) {
  const revoke = useChange(ConnectionRevokeDocument);
  const [isRunning, setIsRunning] = useState(false);
  const disconnect = async (): Promise<boolean> => {
    for (;;) {
      const { ids } = await readConnections(serverId);
      if (ids.length === 0) return true;
      for (const id of ids) if (!(await revoke.run({ id })).ok) return false;
    }
  };
  /** False where there is nothing to disconnect: then something else is in the way. */
  const ask = async (onDone: () => void): Promise<boolean> => {
    const { ids, hasMore } = await readConnections(serverId);
    if (ids.length === 0) return false;
    const confirm = async () => {
      setIsRunning(true);
      const isDone = await disconnect();
      setIsRunning(false);
      if (isDone) onDone();
    };
    confirmLoss({
      title: texts.disconnectTitle,
      text: texts.disconnectText(ids.length, hasMore),
      action: texts.disconnect,
      onConfirm: () => void confirm(),
    });
    return true;
  };
  return { ask, isRunning };
}

async function readConnections(serverId: string): Promise<{ ids: readonly string[]; hasMore: boolean }> {
  const { data } = await client
    .query(toDocument(ServerSettingsConnectionsDocument), { serverId }, { requestPolicy: 'network-only' })
    .toPromise();
  const { nodes = [], pageInfo } = data?.mcpServer?.connections ?? {};
  return { ids: nodes.map(({ id }) => id), hasMore: pageInfo?.hasNextPage ?? false };
}
