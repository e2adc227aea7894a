import { Button, Group, NumberInput, Pill, Select, Switch, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFilterOff } from '@tabler/icons-react';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { InteractionFilterChoicesDocument } from '../../generated/graphql.ts';
import { texts } from '../../texts/interactions.ts';
import { outcomes, type InteractionsSearch } from './interactions-search.ts';

const METHODS = [
  'tools/call',
  'tools/list',
  'prompts/get',
  'prompts/list',
  'resources/read',
  'resources/list',
  'initialize',
  'server/discover',
];
const TYPING_MS = 300;

interface Props {
  readonly search: InteractionsSearch;
  readonly isFiltered: boolean;
  readonly onChange: (change: InteractionsSearch) => void;
}

/** What is shown. Each filter is in the address of the page. */
export function InteractionFilters({ search, isFiltered, onChange }: Props) {
  const { organizationId } = useViewer();
  const { data } = useRead(InteractionFilterChoicesDocument, { organizationId });
  const onType = useDebouncedCallback((change: InteractionsSearch) => onChange(change), TYPING_MS);
  const toChoices = (items: readonly { id: string; name: string }[] = []) => items.map(({ id, name }) => ({ value: id, label: name }));
  const shared = { placeholder: texts.any, clearable: true, w: { base: '100%', xs: 180 } } as const;
  return (
    <Group mb="md" gap="sm" align="flex-end">
      <Select
        {...shared}
        label={texts.server}
        searchable
        data={toChoices(data?.organization?.mcpServers.nodes)}
        value={search.server ?? null}
        onChange={(server) => onChange({ server: server ?? undefined })}
      />
      <Select
        {...shared}
        label={texts.workspace}
        searchable
        data={toChoices(data?.organization?.workspaces.nodes)}
        value={search.workspace ?? null}
        onChange={(workspace) => onChange({ workspace: workspace ?? undefined })}
      />
      <Select
        {...shared}
        label={texts.outcome}
        data={outcomes.map((value) => ({ value, label: texts.outcomes[value] }))}
        value={search.outcome ?? null}
        onChange={(outcome) => onChange({ outcome: outcome ?? undefined })}
      />
      <Select
        {...shared}
        label={texts.method}
        searchable
        data={METHODS}
        value={search.method ?? null}
        onChange={(method) => onChange({ method: method ?? undefined })}
      />
      <TextInput
        key={`capability ${search.capability ?? ''}`}
        w={shared.w}
        label={texts.capability}
        defaultValue={search.capability}
        onChange={({ currentTarget }) => onType({ capability: currentTarget.value.trim() || undefined })}
      />
      <NumberInput
        key={`slow ${search.slow ?? ''}`}
        w={{ base: '100%', xs: 130 }}
        label={texts.slow}
        min={0}
        allowDecimal={false}
        defaultValue={search.slow}
        onChange={(slow) => onType({ slow: typeof slow === 'number' && slow > 0 ? slow : undefined })}
      />
      <Switch
        mb={8}
        label={texts.live}
        checked={search.live === true}
        onChange={({ currentTarget }) => onChange({ live: currentTarget.checked || undefined })}
      />
      {isFiltered && (
        <Button variant="subtle" leftSection={<IconFilterOff size={16} />} onClick={() => onChange(NOTHING)}>
          {texts.clear}
        </Button>
      )}
      {search.trace !== undefined && <Pill mb={8}>{`${texts.onlyTrace}: ${search.trace}`}</Pill>}
      {search.session !== undefined && <Pill mb={8}>{`${texts.onlySession}: ${search.session}`}</Pill>}
      {search.user !== undefined && <Pill mb={8}>{`${texts.onlyUser}: ${search.user}`}</Pill>}
    </Group>
  );
}

const NOTHING: InteractionsSearch = {
  server: undefined,
  workspace: undefined,
  user: undefined,
  outcome: undefined,
  method: undefined,
  capability: undefined,
  trace: undefined,
  session: undefined,
  slow: undefined,
};
