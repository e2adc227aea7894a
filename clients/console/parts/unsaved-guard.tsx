import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { texts } from '../texts/shell.ts';

/** Asks before a page is left with changes that are not saved, by a link, the back button or by closing the tab. */
export function UnsavedGuard({ isDirty }: { isDirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title={texts.unsavedTitle} centered>
      <Text size="sm">{texts.unsaved}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => reset?.()} data-autofocus>
          {texts.stay}
        </Button>
        <Button color="red" onClick={() => proceed?.()}>
          {texts.leave}
        </Button>
      </Group>
    </Modal>
  );
}
