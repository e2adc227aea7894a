import { Badge, Tooltip } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { texts } from '../../texts/lockdown.ts';

/** Says that something is stopped everywhere; nothing where it is not. */
export function LockdownBadge({ lockdown }: { lockdown: { readonly reason?: string | null } | null | undefined }) {
  if (lockdown == null) return null;
  return (
    <Tooltip label={lockdown.reason} disabled={lockdown.reason == null} maw={360}>
      <Badge color="red.9" variant="filled" tt="none" leftSection={<IconLock size={12} />} flex="none">
        {texts.locked}
      </Badge>
    </Tooltip>
  );
}
