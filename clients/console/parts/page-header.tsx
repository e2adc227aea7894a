import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { texts } from '../texts/shell.ts';

interface PageHeaderProps {
  readonly title: string;
  /** Before the title. */
  readonly icon?: ReactNode;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
}

/** The heading of a page, which names it in the tab too, with what can be done on it. */
export function PageHeader({ title, icon, lead, children }: PageHeaderProps) {
  useDocumentTitle(`${title} · ${texts.product}`);
  return (
    <Group justify="space-between" align="flex-start" mb="md" gap="sm">
      <Stack gap={icon === undefined ? 2 : 6}>
        <Group gap="sm" wrap="nowrap">
          {icon}
          <Title order={1} size="h2">
            {title}
          </Title>
        </Group>
        {lead !== undefined && (
          <Text c="dimmed" component="div">
            {lead}
          </Text>
        )}
      </Stack>
      {children !== undefined && <Group gap="xs">{children}</Group>}
    </Group>
  );
}
