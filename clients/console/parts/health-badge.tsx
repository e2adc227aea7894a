import { Badge, Tooltip } from '@mantine/core';
import type { McpServerHealthState } from '../generated/graphql.ts';
import { words } from '../texts/words.ts';
import { isStopped, LockdownBadge, type LockedDown } from './lockdown/lockdown-badge.tsx';

const COLORS: Readonly<Record<McpServerHealthState, string>> = { HEALTHY: 'green', UNHEALTHY: 'red', UNKNOWN: 'gray' };

interface HealthBadgeProps extends LockedDown {
  readonly enabled: boolean;
  readonly health: { readonly state: McpServerHealthState; readonly lastError?: string | null };
}

/** Whether a server is on, and whether its upstream was there when it was last looked at. */
export function HealthBadge({ enabled, health, ...stopped }: HealthBadgeProps) {
  // Then nothing else matters.
  if (isStopped(stopped)) return <LockdownBadge {...stopped} />;
  return (
    <Tooltip label={health.lastError} disabled={health.lastError == null || !enabled} maw={360}>
      <Badge variant="light" color={enabled ? COLORS[health.state] : 'gray'} tt="none">
        {enabled ? words.health[health.state] : words.off}
      </Badge>
    </Tooltip>
  );
}
