import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLock } from '@tabler/icons-react';
import { useViewer } from '../../api/viewer.ts';
import { texts } from '../../texts/lockdown.ts';
import { LockdownDialog } from './lockdown-dialog.tsx';
import type { LockdownSubject } from './subject.ts';

interface LockdownButtonProps {
  readonly subject: LockdownSubject;
  /** Set while it is stopped already. */
  readonly lockdown: { readonly id: string } | null | undefined;
  /** Where there is little room, in a row of a table. */
  readonly isSmall?: boolean;
}

/** Stops something everywhere, after asking; only for those who may, and while it is not stopped yet. */
export function LockdownButton({ subject, lockdown, isSmall = false }: LockdownButtonProps) {
  const viewer = useViewer();
  const [isOpen, dialog] = useDisclosure();
  if (!viewer.isAdmin || lockdown != null) return null;
  const hint = texts.lockIt(subject.name);
  return (
    <>
      {isSmall ? (
        <Tooltip label={texts.lock}>
          <ActionIcon variant="subtle" color="red" aria-label={hint} onClick={dialog.open}>
            <IconLock size={16} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <Button variant="outline" color="red" leftSection={<IconLock size={16} />} aria-label={hint} onClick={dialog.open}>
          {texts.lock}
        </Button>
      )}
      {isOpen && <LockdownDialog subject={subject} lockdown={undefined} onClose={dialog.close} />}
    </>
  );
}
