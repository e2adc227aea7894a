import { Button, Text } from '@mantine/core';
import { openConfirmModal } from '@mantine/modals';
import { IconLockOpen } from '@tabler/icons-react';
import { showDone, useChange } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import { LockdownEndDocument } from '../../generated/graphql.ts';
import { texts } from '../../texts/lockdown.ts';
import { texts as shellTexts } from '../../texts/shell.ts';
import type { LockdownSubject } from './subject.ts';

interface UnlockButtonProps {
  readonly subject: LockdownSubject;
  readonly lockdown: { readonly id: string } | null | undefined;
}

/** Ends a lockdown, after asking; only for those who may, and only where there is one. */
export function UnlockButton({ subject, lockdown }: UnlockButtonProps) {
  const viewer = useViewer();
  const { run, isRunning } = useChange(LockdownEndDocument);
  if (!viewer.isAdmin || lockdown == null) return null;
  const end = async () => {
    if ((await run({ id: lockdown.id }, { subject: subject.id })).ok) showDone(texts.unlockedDone(subject.name));
  };
  const ask = () =>
    openConfirmModal({
      title: texts.unlockTitle(subject.name),
      children: <Text size="sm">{texts.unlockText}</Text>,
      labels: { confirm: texts.unlock, cancel: shellTexts.cancel },
      onConfirm: () => void end(),
    });
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconLockOpen size={14} />}
      loading={isRunning}
      aria-label={texts.unlockIt(subject.name)}
      onClick={ask}
    >
      {texts.unlock}
    </Button>
  );
}
