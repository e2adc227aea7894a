import { Alert, Button, Group, SegmentedControl, Stack, Tabs, Text } from '@mantine/core';
import { IconExternalLink, IconKey } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import { useChange } from '../../api/use-change.ts';
import { ApiKeyCreateDocument } from '../../generated/graphql.ts';
import { toExpiry } from '../../parts/api-keys/expiry.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { texts } from '../../texts/use-server.ts';
import {
  CLIENTS,
  findAccesses,
  toClientConfiguration,
  type ClientAccess,
  type ClientName,
  type ConfigurationBlock,
} from './client-configurations.ts';

interface ClientSetupProps {
  readonly workspaceId: string;
  readonly server: { readonly slug: string; readonly name: string };
  readonly url: string;
}

const KEY_DAYS = 90;

const route = getRouteApi('/my-servers/$workspace/$server');

/** Ready texts for each client, with the person's key in them where they want that. */
export function ClientSetup({ workspaceId, server, url }: ClientSetupProps) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [key, setKey] = useState<string>();
  const client = search.client ?? CLIENTS[0];
  return (
    <Tabs value={client} onChange={(next) => void navigate({ search: { ...search, client: next as ClientName }, replace: true })}>
      <Tabs.List aria-label={texts.client} mb="md">
        {CLIENTS.map((name) => (
          <Tabs.Tab key={name} value={name} px="xs">
            {texts.clients[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {CLIENTS.map((name) => (
        <Tabs.Panel key={name} value={name}>
          {name === client && <OneClient client={client} workspaceId={workspaceId} server={server} url={url} apiKey={key} onKey={setKey} />}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

interface OneClientProps extends ClientSetupProps {
  readonly client: ClientName;
  readonly apiKey: string | undefined;
  readonly onKey: (key: string) => void;
}

function OneClient({ client, workspaceId, server, url, apiKey, onKey }: OneClientProps) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const accesses = findAccesses(client);
  const access = accesses.find((each) => each === search.with) ?? accesses[0]!;
  const { blocks, link } = toClientConfiguration(client, { name: server.slug, url, access, key: apiKey });
  const setAccess = (next: ClientAccess) =>
    void navigate({ search: { ...search, with: next === 'key' ? next : undefined }, replace: true });
  return (
    <Stack gap="md" maw={760}>
      {accesses.length > 1 && (
        <SegmentedControl
          aria-label={texts.access}
          data={accesses.map((each) => ({ value: each, label: texts.accesses[each] }))}
          value={access}
          onChange={setAccess}
          style={{ alignSelf: 'flex-start' }}
        />
      )}
      <Text c="dimmed" size="sm">
        {texts.accessHints[access]}
      </Text>
      {access === 'key' && <Key client={client} workspaceId={workspaceId} server={server} apiKey={apiKey} onKey={onKey} />}
      {link !== undefined && (
        <Button component="a" href={link} leftSection={<IconExternalLink size={16} />} style={{ alignSelf: 'flex-start' }}>
          {texts.open(texts.clients[client])}
        </Button>
      )}
      {blocks.map((block) => (
        <CodeBlock key={block.place} title={toTitle(client, block)} text={block.text} />
      ))}
      {client === 'claude-desktop' && access === 'sign-in' && (
        <Text c="dimmed" size="sm">
          {texts.connectorHint}
        </Text>
      )}
    </Stack>
  );
}

function toTitle(client: ClientName, { place, path }: ConfigurationBlock): string {
  return place === 'file' ? (path ?? texts.clients[client]) : texts.places[place];
}

function Key({ client, workspaceId, server, apiKey, onKey }: Omit<OneClientProps, 'url'>) {
  const create = useChange(ApiKeyCreateDocument);
  if (apiKey !== undefined)
    return (
      <Alert color="green" icon={<IconKey />} title={texts.keyMade}>
        <CopyText text={apiKey} label={texts.copyKey} />
      </Alert>
    );
  const make = async () => {
    const name = texts.keyName(texts.clients[client], server.name).slice(0, 120);
    const expiresAt = toExpiry(KEY_DAYS);
    const outcome = await create.run({
      input: { kind: 'USER', workspaceId, name, scopes: ['MCP'], expiresAt },
      idempotencyKey: newIdempotencyKey(),
    });
    if (outcome.ok && outcome.payload.plainKey != null) onKey(outcome.payload.plainKey);
  };
  return (
    <Group gap="sm">
      <Button variant="light" leftSection={<IconKey size={16} />} loading={create.isRunning} onClick={() => void make()}>
        {texts.makeKey}
      </Button>
      <Text c="dimmed" size="sm" flex={1} miw={220}>
        {texts.makeKeyHint}
      </Text>
    </Group>
  );
}
