import { Text } from '@mantine/core';
import { openConfirmModal } from '@mantine/modals';
import type { ReactNode } from 'react';
import { texts } from '../texts/shell.ts';

/** Asks before something is done that cannot be undone. The text says what will be lost; the button says what happens. */
export function confirmLoss(question: { title: string; text: ReactNode; action: string; onConfirm: () => void }): void {
  openConfirmModal({
    title: question.title,
    children: (
      <Text size="sm" component="div">
        {question.text}
      </Text>
    ),
    labels: { confirm: question.action, cancel: texts.cancel },
    confirmProps: { color: 'red' },
    onConfirm: question.onConfirm,
  });
}
