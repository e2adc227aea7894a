import { Group, Text, Tooltip } from '@mantine/core';
import type { McpServerTrafficState } from '../generated/graphql.ts';
import { texts } from '../texts/traffic.ts';

/** What the last minutes of real calls to a server say. */
export interface Traffic {
  readonly state: McpServerTrafficState;
  readonly calls: number;
  readonly errorRate?: number | null;
  readonly p95Ms?: number | null;
  readonly lastError?: string | null;
}

const COLORS: Readonly<Record<McpServerTrafficState, string | undefined>> = {
  IDLE: 'dimmed',
  WORKING: 'dimmed',
  DEGRADED: 'orange.9',
  FAILING: 'red',
};

/** Calls, failures and slowness of a server in two lines. */
export function TrafficGlance({ traffic: { state, calls, errorRate, p95Ms, lastError } }: { traffic: Traffic }) {
  if (state === 'IDLE')
    return (
      <Text size="sm" c="dimmed">
        {texts.noCalls}
      </Text>
    );
  return (
    <Tooltip label={lastError} disabled={lastError == null} maw={360}>
      <div>
        <Text size="sm">{texts.calls(calls)}</Text>
        <Group gap={6} wrap="nowrap">
          <Text size="xs" c={COLORS[state]} fw={state === 'WORKING' ? undefined : 600} truncate>
            {texts.errorRate(errorRate ?? 0)}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {texts.slowest(p95Ms)}
          </Text>
        </Group>
      </div>
    </Tooltip>
  );
}
