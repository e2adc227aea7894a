import { Alert, Button, Select, Stack, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { texts } from '../../../texts/try-tool.ts';
import { callGateway } from './call-gateway.ts';
import { CallForm } from './call-form.tsx';
import { readTools, type Tool } from './read-tools.ts';
import { useTryKey } from './use-try-key.ts';

const route = getRouteApi('/my-servers/$workspace/$server');

/** Calls a tool of the server as the person, through the gateway, and shows what became of it. */
export function TryTool({ workspaceId, url }: { workspaceId: string; url: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { key, isMaking, make } = useTryKey(workspaceId);
  const [tools, setTools] = useState<readonly Tool[]>();
  const [fault, setFault] = useState<string>();
  const [isReading, setIsReading] = useState(false);
  const begin = async () => {
    const made = key ?? (await make());
    if (made === undefined) return;
    setIsReading(true);
    const read = await readTools((params) => callGateway({ url, key: made }, 'tools/list', params));
    setIsReading(false);
    setFault(read.fault);
    setTools(read.tools);
  };
  const chosen = tools?.find(({ name }) => name === search.tool);
  if (tools === undefined || key === undefined)
    return (
      <Stack>
        {fault !== undefined && <Alert color="red">{fault}</Alert>}
        <EmptyState icon={IconPlayerPlay} title={texts.beginTitle} text={texts.begin}>
          <Button loading={isMaking || isReading} onClick={() => void begin()}>
            {texts.beginAction}
          </Button>
        </EmptyState>
      </Stack>
    );
  return (
    <Stack maw={860}>
      <Select
        label={texts.tool}
        placeholder={texts.toolHint(tools.length)}
        data={tools.map(({ name, title }) => ({ value: name, label: title === undefined ? name : `${title} (${name})` }))}
        value={chosen?.name ?? null}
        searchable
        nothingFoundMessage={texts.noTool}
        onChange={(tool) => void navigate({ search: { ...search, tool: tool ?? undefined }, replace: true })}
      />
      {tools.length === 0 && <Text c="dimmed">{texts.noTools}</Text>}
      {chosen !== undefined && <CallForm key={chosen.name} tool={chosen} target={{ url, key }} />}
    </Stack>
  );
}
