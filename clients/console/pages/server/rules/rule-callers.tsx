import { MultiSelect, TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { client } from '../../../api/client.ts';
import { toDocument } from '../../../api/operation.ts';
import { useRead } from '../../../api/use-read.ts';
import { useViewer } from '../../../api/viewer.ts';
import { RuleCallersKeysDocument, RuleCallersNameDocument, RuleCallersPeopleDocument } from '../../../generated/graphql.ts';
import { texts } from '../../../texts/server.ts';

/** Of each list of callers in a rule. */
const MAX_CALLERS = 200;

interface ChosenProps {
  readonly value: string[];
  readonly onChange: (ids: string[]) => void;
}

/** People by name, however many there are. */
export function PeopleField({ value, onChange }: ChosenProps) {
  const { organizationId } = useViewer();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text.trim(), 150);
  const { data } = useRead(RuleCallersPeopleDocument, { organizationId, nameContains: settled === '' ? null : settled });
  const names = useNames(value);
  const found = data?.organization?.users.nodes ?? [];
  const options = new Map([
    ...value.map((id): [string, string] => [id, names.get(id) ?? '…']),
    ...found.map(({ id, name, email }): [string, string] => [id, `${name} (${email})`]),
  ]);
  return (
    <MultiSelect
      label={texts.people}
      description={texts.rulePeopleHint}
      data={[...options].map(([id, label]) => ({ value: id, label }))}
      value={value}
      onChange={onChange}
      maxValues={MAX_CALLERS}
      searchable
      hidePickedOptions
      nothingFoundMessage={texts.nobodyFound}
      searchValue={text}
      onSearchChange={setText}
      filter={({ options: all }) => all.filter((option) => 'value' in option && found.some(({ id }) => id === option.value))}
    />
  );
}

/** Keys of the workspaces that have the server. */
export function KeysField({ serverId, value, onChange }: ChosenProps & { serverId: string }) {
  const { data } = useRead(RuleCallersKeysDocument, { serverId });
  const names = useNames(value);
  const groups = (data?.mcpServer?.accessGrants.nodes ?? []).map(({ workspace: { name, apiKeys } }) => ({
    group: name,
    items: apiKeys.nodes
      .filter(({ id, revokedAt }) => revokedAt == null || value.includes(id))
      .map((key) => ({ value: key.id, label: `${key.name} (${key.prefix}…)` })),
  }));
  const known = new Set(groups.flatMap(({ items }) => items.map((item) => item.value)));
  const others = value.filter((id) => !known.has(id)).map((id) => ({ value: id, label: names.get(id) ?? '…' }));
  return (
    <MultiSelect
      label={texts.keys}
      description={texts.ruleKeysHint}
      data={[...groups, ...(others.length > 0 ? [{ group: texts.otherKeys, items: others }] : [])]}
      value={value}
      onChange={onChange}
      maxValues={MAX_CALLERS}
      searchable
      hidePickedOptions
      nothingFoundMessage={texts.noKeyFound}
    />
  );
}

/** Groups as the identity provider names them; there is no list of them. */
export function GroupsField({ value, onChange }: ChosenProps) {
  return <TagsInput label={texts.groups} description={texts.ruleGroupsHint} maxTags={MAX_CALLERS} value={value} onChange={onChange} />;
}

/** What people and keys that a rule names are called, as far as the person may know. */
function useNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const missing = ids.filter((id) => !names.has(id)).join(' ');
  useEffect(() => {
    if (missing === '') return;
    void Promise.all(missing.split(' ').map(readName)).then((found) => setNames((known) => new Map([...known, ...found])));
  }, [missing]);
  return names;
}

async function readName(id: string): Promise<[string, string]> {
  const { data } = await client.query(toDocument(RuleCallersNameDocument), { id }).toPromise();
  const node = data?.node;
  if (node != null && 'userName' in node) return [id, `${node.userName} (${node.email})`];
  if (node != null && 'keyName' in node) return [id, `${node.keyName} (${node.prefix}…)`];
  return [id, id];
}
