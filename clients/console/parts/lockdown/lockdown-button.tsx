import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLock } from '@tabler/icons-react';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { LockdownOfDocument } from '../../generated/graphql.ts';
import { texts } from '../../texts/lockdown.ts';
import { LockdownDialog } from './lockdown-dialog.tsx';
import type { LockdownSubject } from './subject.ts';

interface LockdownButtonProps {
  readonly subject: LockdownSubject;
  /** Where there is little room, in a row of a table. */
  readonly isSmall?: boolean;
}

/** Stops something everywhere, after asking; only for those who may, and while it is not stopped yet. */
export function LockdownButton({ subject, isSmall = false }: LockdownButtonProps) {
  const viewer = useViewer();
  const [isOpen, dialog] = useDisclosure();
  const { data } = useRead(LockdownOfDocument, { subjectId: subject.id }, { isPaused: !viewer.isAdmin });
  if (!viewer.isAdmin || data === undefined || data.lockdownBySubject != null) return null;
  return (
    <>
      <Button
        variant={isSmall ? 'subtle' : 'outline'}
        size={isSmall ? 'compact-sm' : 'sm'}
        color="red"
        leftSection={<IconLock size={isSmall ? 14 : 16} />}
        aria-label={texts.lockIt(subject.name)}
        onClick={dialog.open}
      >
        {texts.lock}
      </Button>
      {isOpen && <LockdownDialog subject={subject} lockdown={undefined} onClose={dialog.close} />}
    </>
  );
}
