import { Badge, Tooltip } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { texts } from '../../texts/lockdown.ts';

/** What the API says of a lockdown: to those who oversee the organization why, to others only that there is one. */
export interface LockedDown {
  readonly isLockedDown?: boolean;
  readonly lockdown?: { readonly reason?: string | null } | null;
}

export function isStopped({ isLockedDown, lockdown }: LockedDown): boolean {
  return isLockedDown === true || lockdown != null;
}

/** Says that something is stopped everywhere; nothing where it is not. */
export function LockdownBadge(subject: LockedDown) {
  if (!isStopped(subject)) return null;
  const reason = subject.lockdown?.reason;
  return (
    <Tooltip label={reason} disabled={reason == null} maw={360}>
      <Badge color="red.9" variant="filled" tt="none" leftSection={<IconLock size={12} />} flex="none">
        {texts.locked}
      </Badge>
    </Tooltip>
  );
}
