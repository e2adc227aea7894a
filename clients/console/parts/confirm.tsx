import { Text } from '@mantine/core';
import { openConfirmModal } from '@mantine/modals';
import type { ReactNode } from 'react';
import { texts } from '../texts/shell.ts';

/** What is asked before something is lost. The text says what; the action is what the button says that does it. */
export interface LossQuestion {
  readonly title: string;
  readonly text: ReactNode;
  readonly action: string;
  readonly onConfirm: () => void;
}

/** Asks before something is done that cannot be undone. The keyboard begins at what does nothing. */
export function confirmLoss(question: LossQuestion): void {
  openConfirmModal({
    title: question.title,
    children: (
      <Text size="sm" component="div">
        {question.text}
      </Text>
    ),
    labels: { confirm: question.action, cancel: texts.cancel },
    confirmProps: { color: 'red' },
    cancelProps: { 'data-autofocus': true },
    onConfirm: question.onConfirm,
  });
}
