import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useRead } from '../api/use-read.ts';
import { useViewer } from '../api/viewer.ts';
import { WorkspacePickerDocument } from '../generated/graphql.ts';

interface WorkspacePickerProps {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly value: string[];
  readonly onChange: (ids: string[]) => void;
}

/** Workspaces by name, however many there are; only those that the person may change something in. */
export function WorkspacePicker({ value, onChange, ...rest }: WorkspacePickerProps) {
  const viewer = useViewer();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text.trim(), 150);
  const { data } = useRead(WorkspacePickerDocument, {
    organizationId: viewer.organizationId,
    nameContains: settled === '' ? null : settled,
  });
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(new Map(viewer.workspaces.map(({ id, name }) => [id, name])));
  const found = (data?.organization?.workspaces.nodes ?? []).filter(({ id }) => viewer.manages(id));
  const options = new Map([
    ...value.map((id): [string, string] => [id, known.get(id) ?? id]),
    ...found.map(({ id, name }): [string, string] => [id, name]),
  ]);
  return (
    <MultiSelect
      {...rest}
      placeholder={value.length === 0 ? rest.placeholder : undefined}
      data={[...options].map(([id, name]) => ({ value: id, label: name }))}
      value={value}
      searchable
      searchValue={text}
      onSearchChange={setText}
      filter={({ options: all }) =>
        all.filter((option) => 'value' in option && (settled === '' || found.some(({ id }) => id === option.value)))
      }
      onChange={(ids) => {
        setKnown(options);
        onChange(ids);
      }}
    />
  );
}
