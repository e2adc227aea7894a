import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { confirmLoss } from '../../parts/confirm.tsx';
import { texts } from '../../texts/identity-providers.ts';

interface RowActionsProps {
  readonly name: string;
  readonly loss: string;
  readonly onDelete: () => void;
  readonly renderForm: (close: () => void) => ReactNode;
}

/** Changes or deletes what stands in a row. */
export function RowActions({ name, loss, onDelete, renderForm }: RowActionsProps) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <Group gap={4} wrap="nowrap">
      <Button size="compact-sm" variant="default" aria-label={texts.editOf(name)} onClick={open}>
        {texts.edit}
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        aria-label={texts.deleteOf(name)}
        onClick={() => confirmLoss({ title: texts.deleteTitle(name), text: loss, action: texts.delete, onConfirm: onDelete })}
      >
        {texts.delete}
      </Button>
      <Modal opened={isOpen} onClose={close} title={texts.editOf(name)} size="lg" closeOnClickOutside={false}>
        {renderForm(close)}
      </Modal>
    </Group>
  );
}
