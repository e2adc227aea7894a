import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';

interface FindFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  /** Below it. Default as before a list. */
  readonly mb?: number;
  readonly onChange: (find: string | undefined) => void;
}

/** Takes a part of a name; the page keeps it in its address. */
export function FindField({ label, value, mb, onChange }: FindFieldProps) {
  return (
    <TextInput
      mb={mb ?? 'md'}
      maw={360}
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} />}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
    />
  );
}
