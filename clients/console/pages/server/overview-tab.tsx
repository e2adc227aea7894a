import { Alert, Anchor, Button, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useViewer } from '../../api/viewer.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { TimeAgo } from '../../parts/time-ago.tsx';
import { texts } from '../../texts/server.ts';
import { words } from '../../texts/words.ts';
import { mayChange, type ServerView } from './server-view.ts';

/** What the server is, whether it works, and how people get to it. */
export function OverviewTab({ server }: { server: ServerView }) {
  return (
    <Stack gap="md">
      <ConnectionAlert server={server} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Facts server={server} />
        <Addresses server={server} />
      </SimpleGrid>
    </Stack>
  );
}

function ConnectionAlert({ server }: { server: ServerView }) {
  const viewer = useViewer();
  const broken = server.connections.nodes.find(({ state }) => state === 'NEEDS_AUTHORIZATION' || state === 'ERROR');
  const isMissing = server.authentication !== 'NONE' && server.granularity !== 'USER' && server.connections.nodes.length === 0;
  if (!(viewer.isOverseer || viewer.isManager) || (broken === undefined && !isMissing)) return null;
  return (
    <Alert color="yellow" icon={<IconPlugConnectedX />}>
      <Text size="sm">
        {broken === undefined ? texts.connectionNeeded : `${texts.connectionBroken}${broken.reason ?? words.connection[broken.state]}`}{' '}
        <Anchor component={Link} to={`/servers/${server.slug}?tab=connections`} size="sm" underline="always">
          {texts.toConnections}
        </Anchor>
      </Text>
    </Alert>
  );
}

function Facts({ server }: { server: ServerView }) {
  const { health } = server;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        {server.description != null && <Text>{server.description}</Text>}
        <Fact label={texts.url}>
          <CopyText text={server.url} />
        </Fact>
        <Fact label={texts.transport}>{words.transport[server.transport]}</Fact>
        <Fact label={texts.authentication}>{words.authentication[server.authentication]}</Fact>
        {server.authentication !== 'NONE' && <Fact label={texts.account}>{words.granularity[server.granularity]}</Fact>}
        <Fact label={texts.owner}>{server.workspace?.name ?? texts.organization}</Fact>
        <Fact label={texts.lastSeen}>{health.lastSuccessAt == null ? texts.never : <TimeAgo at={health.lastSuccessAt} />}</Fact>
        {health.lastError != null && <Fact label={texts.lastError}>{health.lastError}</Fact>}
      </Stack>
    </Paper>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  );
}

function Addresses({ server }: { server: ServerView }) {
  const viewer = useViewer();
  const grants = server.accessGrants.nodes;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <div>
          <Title order={2} size="h5">
            {texts.connectTitle}
          </Title>
          <Text size="sm" c="dimmed">
            {grants.length === 0 ? texts.connectNone : texts.connectText}
          </Text>
        </div>
        {grants.map(({ id, url, workspace }) => (
          <Fact key={id} label={workspace.name}>
            <CopyText text={url} />
          </Fact>
        ))}
        {grants.length === 0 && (mayChange(viewer, server) || viewer.isManager) && (
          <Button component={Link} to={`/servers/${server.slug}?tab=access`} variant="light">
            {texts.giveAccess}
          </Button>
        )}
      </Stack>
    </Paper>
  );
}
