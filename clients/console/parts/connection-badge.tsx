import { Badge, Tooltip } from '@mantine/core';
import type { ConnectionState } from '../generated/graphql.ts';
import { words } from '../texts/words.ts';

const COLORS: Readonly<Record<ConnectionState, string>> = {
  CONNECTED: 'green',
  EXPIRING: 'yellow',
  NEEDS_AUTHORIZATION: 'orange',
  ERROR: 'red',
};

/** Whether a stored credential works, with the reason where it does not. */
export function ConnectionBadge({ state, reason }: { state: ConnectionState; reason?: string | null }) {
  return (
    <Tooltip label={reason} disabled={reason == null} maw={360}>
      <Badge variant="light" color={COLORS[state]} tt="none">
        {words.connection[state]}
      </Badge>
    </Tooltip>
  );
}
