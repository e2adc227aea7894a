import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLock } from '@tabler/icons-react';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { LockdownOfDocument, type LockdownFactsFragment } from '../../generated/graphql.ts';
import { texts } from '../../texts/lockdown.ts';
import { TimeAgo } from '../time-ago.tsx';
import { LockdownDialog } from './lockdown-dialog.tsx';
import type { LockdownSubject } from './subject.ts';
import { UnlockButton } from './unlock-button.tsx';

/** On the page of what is stopped: since when, by whom, why, and how it ends. Nothing where nothing is stopped. */
export function LockdownNotice({ subject }: { subject: LockdownSubject }) {
  const { data } = useRead(LockdownOfDocument, { subjectId: subject.id });
  const lockdown = data?.lockdownBySubject;
  if (lockdown == null) return null;
  return (
    <Alert color="red" variant="light" icon={<IconLock />} title={texts.noticeTitle(subject.name)} mb="md">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{texts.stopped[subject.kind]}</Text>
        <Text size="sm">
          {texts.begun(lockdown.createdBy?.name)} <TimeAgo at={lockdown.createdAt} />
          {lockdown.reason != null && `: ${lockdown.reason}`}
        </Text>
        <Actions subject={subject} lockdown={lockdown} />
      </Stack>
    </Alert>
  );
}

function Actions({ subject, lockdown }: { subject: LockdownSubject; lockdown: LockdownFactsFragment }) {
  const viewer = useViewer();
  const [isOpen, dialog] = useDisclosure();
  if (!viewer.isAdmin) return null;
  return (
    <Group gap="xs">
      <UnlockButton subject={subject} lockdown={lockdown} />
      <Button size="compact-sm" variant="default" onClick={dialog.open}>
        {texts.explain}
      </Button>
      {isOpen && <LockdownDialog subject={subject} lockdown={lockdown} onClose={dialog.close} />}
    </Group>
  );
}
