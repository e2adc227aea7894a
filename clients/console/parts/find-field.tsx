import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';

/** Takes a part of a name; the page keeps it in its address. */
export function FindField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (find: string | undefined) => void;
}) {
  return (
    <TextInput
      mb="md"
      maw={360}
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} />}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
    />
  );
}
