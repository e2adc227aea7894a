import { Button, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface SectionProps {
  readonly title: string;
  readonly lead: string;
  /** What the button says that adds one; absent for who may not. */
  readonly action?: string;
  readonly renderForm: (close: () => void) => ReactNode;
  readonly children: ReactNode;
}

/** A list with a heading, and the window that adds to it. */
export function Section({ title, lead, action, renderForm, children }: SectionProps) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb="sm">
        <Stack gap={2}>
          <Title order={2} size="h4">
            {title}
          </Title>
          <Text c="dimmed" size="sm">
            {lead}
          </Text>
        </Stack>
        {action !== undefined && (
          <Button variant="light" leftSection={<IconPlus size={16} />} onClick={open}>
            {action}
          </Button>
        )}
      </Group>
      {children}
      <Modal opened={isOpen} onClose={close} title={action} size="lg" closeOnClickOutside={false}>
        {renderForm(close)}
      </Modal>
    </section>
  );
}
