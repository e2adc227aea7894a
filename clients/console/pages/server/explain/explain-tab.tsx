import { Alert, Button, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconBan, IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useRead } from '../../../api/use-read.ts';
import {
  ServerExplainDocument,
  ServerExplainMembersDocument,
  type CapabilityKind,
  type ExplainAccessInput,
  type ServerExplainMembersQuery,
  type ServerExplainQuery,
} from '../../../generated/graphql.ts';
import { Failure } from '../../../parts/failure.tsx';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { texts as decisions } from '../../../texts/decisions.ts';
import { texts } from '../../../texts/server.ts';
import { words } from '../../../texts/words.ts';
import type { ServerView } from '../server-view.ts';

type Explanation = NonNullable<ServerExplainQuery['explainAccess']>;

/** Whether somebody may use something, and why. */
export function ExplainTab({ server }: { server: ServerView }) {
  const workspaces = server.accessGrants.nodes.map(({ workspace }) => ({ value: workspace.id, label: workspace.name }));
  if (workspaces.length === 0) return <Text c="dimmed">{texts.noWorkspaceYet}</Text>;
  return <Explain server={server} workspaces={workspaces} />;
}

function Explain({ server, workspaces }: { server: ServerView; workspaces: { value: string; label: string }[] }) {
  const [asked, setAsked] = useState<ExplainAccessInput>();
  const form = useForm({
    mode: 'controlled',
    initialValues: {
      workspaceId: workspaces[0]!.value,
      caller: null as string | null,
      kind: 'TOOL' as CapabilityKind,
      name: '',
      arguments: '',
    },
    validate: { caller: (caller) => (caller === null ? texts.explainAnybody : null) },
  });
  const callers = useRead(ServerExplainMembersDocument, { workspaceId: form.values.workspaceId });
  const ask = () => {
    const { workspaceId, caller, kind, name, arguments: given } = form.values;
    const [callerKind, id] = (caller ?? '').split(':', 2);
    setAsked({
      mcpServerId: server.id,
      workspaceId,
      ...(callerKind === 'key' ? { apiKeyId: id } : { userId: id }),
      ...(name.trim() !== '' && { kind, name: name.trim() }),
      ...(given.trim() !== '' && { arguments: given }),
    });
  };
  return (
    <Stack gap="md" maw={860}>
      <Text c="dimmed">{texts.explainLead}</Text>
      <form onSubmit={form.onSubmit(ask)}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Select label={texts.workspace} data={workspaces} allowDeselect={false} {...form.getInputProps('workspaceId')} />
            <Select
              label={texts.explainWho}
              placeholder={texts.explainAnybody}
              searchable
              data={toCallers(callers.data)}
              {...form.getInputProps('caller')}
            />
            <Select
              label={texts.explainKind}
              allowDeselect={false}
              data={Object.entries(words.capability).map(([value, label]) => ({ value, label }))}
              {...form.getInputProps('kind')}
            />
            <TextInput label={texts.explainName} description={texts.explainNameHint} {...form.getInputProps('name')} />
          </SimpleGrid>
          <Textarea
            label={texts.explainArguments}
            description={texts.explainArgumentsHint}
            autosize
            minRows={2}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            {...form.getInputProps('arguments')}
          />
          <Group>
            <Button type="submit">{texts.explain}</Button>
          </Group>
        </Stack>
      </form>
      {asked !== undefined && <Answer input={asked} />}
    </Stack>
  );
}

function toCallers(data: ServerExplainMembersQuery | undefined) {
  const { members, apiKeys } = data?.workspace ?? {};
  return [
    {
      group: texts.people,
      items: (members?.nodes ?? []).map(({ user }) => ({ value: `user:${user.id}`, label: `${user.name} (${user.email})` })),
    },
    {
      group: texts.keys,
      items: (apiKeys?.nodes ?? []).map(({ id, name, prefix }) => ({ value: `key:${id}`, label: `${name} (${prefix}…)` })),
    },
  ];
}

function Answer({ input }: { input: ExplainAccessInput }) {
  const { data, error, isLoading } = useRead(ServerExplainDocument, { input });
  if (isLoading) return <ListSkeleton rows={2} />;
  if (data?.explainAccess == null) return <Failure error={error} />;
  return <Verdict explanation={data.explainAccess} />;
}

function Verdict({ explanation }: { explanation: Explanation }) {
  const { isAllowed, reason, level, revision, dependsOnArguments, accessRule, connection } = explanation;
  const lines = [
    decisions.why(reason, isAllowed),
    accessRule == null ? undefined : `${texts.byRule}: ${accessRule.name}`,
    level == null ? undefined : `${decisions.levels[level]}.`,
    connection == null ? undefined : `${texts.withCredential}: ${words.connection[connection.state]}`,
    dependsOnArguments ? texts.dependsOnArguments : undefined,
    texts.byRevision(revision),
  ];
  return (
    <Alert
      color={isAllowed ? 'green' : 'red'}
      icon={isAllowed ? <IconCircleCheck /> : <IconBan />}
      title={isAllowed ? texts.allowed : texts.refused}
      role="status"
    >
      <Stack gap={2}>
        {lines
          .filter((line) => line !== undefined)
          .map((line) => (
            <Text key={line} size="sm">
              {line}
            </Text>
          ))}
      </Stack>
    </Alert>
  );
}
