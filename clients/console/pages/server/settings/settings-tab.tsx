import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { showDone, useChange } from '../../../api/use-change.ts';
import { useRead } from '../../../api/use-read.ts';
import { ServerSettingsDeleteDocument, ServerSettingsDocument } from '../../../generated/graphql.ts';
import { confirmLoss } from '../../../parts/confirm.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { texts } from '../../../texts/server.ts';
import type { ServerView } from '../server-view.ts';
import { SettingsForm } from './settings-form.tsx';

/** What can be changed about the server itself. */
export function SettingsTab({ server }: { server: ServerView }) {
  const { data, error, isLoading, refresh } = useRead(ServerSettingsDocument, { serverId: server.id });
  const settings = data?.mcpServer;
  if (isLoading) return <ListSkeleton />;
  if (settings == null) return <Failure error={error} onRetry={refresh} />;
  return (
    <Stack gap="xl" maw={860}>
      <SettingsForm settings={settings} />
      <DangerZone server={server} />
    </Stack>
  );
}

function DangerZone({ server }: { server: ServerView }) {
  const { run } = useChange(ServerSettingsDeleteDocument);
  const navigate = useNavigate();
  const remove = async () => {
    if (!(await run({ id: server.id })).ok) return;
    showDone(texts.deleted(server.name));
    await navigate({ to: '/servers' });
  };
  const workspaces = server.accessGrants.nodes.map(({ workspace }) => workspace.name);
  return (
    <Paper withBorder p="md">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h5">
            {texts.dangerTitle}
          </Title>
          <Text size="sm" c="dimmed">
            {texts.dangerText}
          </Text>
        </div>
        <Button
          color="red"
          variant="outline"
          onClick={() =>
            confirmLoss({
              title: texts.deleteTitle(server.name),
              text: texts.deleteText(workspaces),
              action: texts.delete,
              onConfirm: () => void remove(),
            })
          }
        >
          {texts.delete}
        </Button>
      </Group>
    </Paper>
  );
}
