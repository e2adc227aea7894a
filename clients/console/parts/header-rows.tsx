import { ActionIcon, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { texts } from '../texts/credential.ts';

/** A header and what it says. */
export interface HeaderRow {
  readonly name: string;
  readonly value: string;
}

interface HeaderRowsProps {
  readonly rows: readonly HeaderRow[];
  /** Whether the server says which headers it wants: then only their values are entered. */
  readonly isNamed?: boolean;
  /** The headers that are stored: what is left empty of them stays as it is. */
  readonly stored?: readonly string[];
  readonly onChange: (rows: HeaderRow[]) => void;
}

/** The most headers that a connection has. */
const MAX_ROWS = 32;

/** Names and values of headers, which are never shown again. */
export function HeaderRows({ rows, isNamed = false, stored = [], onChange }: HeaderRowsProps) {
  const change = (position: number, row: HeaderRow) => onChange(rows.map((known, place) => (place === position ? row : known)));
  const keeps = (name: string) => stored.some((each) => each.toLowerCase() === name.trim().toLowerCase());
  return (
    <Stack gap="xs" role="group" aria-label={texts.headers} w="100%" maw={620}>
      {rows.map((row, position) => (
        // The rows have no identity of their own: a row is what stands at its place.
        // eslint-disable-next-line react/no-array-index-key
        <Group key={position} align="flex-end" wrap="nowrap" gap="xs">
          {!isNamed && (
            <TextInput
              flex={1}
              required
              label={position === 0 ? texts.headerName : undefined}
              aria-label={texts.headerName}
              autoComplete="off"
              value={row.name}
              onChange={({ currentTarget }) => change(position, { ...row, name: currentTarget.value })}
            />
          )}
          <PasswordInput
            flex={2}
            required={!keeps(row.name)}
            placeholder={keeps(row.name) ? texts.unchanged : undefined}
            label={isNamed ? row.name : position === 0 ? texts.headerValue : undefined}
            aria-label={isNamed ? row.name : texts.headerValue}
            autoComplete="new-password"
            value={row.value}
            onChange={({ currentTarget }) => change(position, { ...row, value: currentTarget.value })}
          />
          {!isNamed && (
            <ActionIcon
              size="lg"
              variant="subtle"
              color="gray"
              aria-label={texts.removeHeader}
              disabled={rows.length === 1}
              onClick={() => onChange(rows.filter((_, place) => place !== position))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {stored.length === 0 ? texts.secretHint : texts.keepHint}
        </Text>
        {!isNamed && rows.length < MAX_ROWS && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => onChange([...rows, { name: '', value: '' }])}
          >
            {texts.addHeader}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
