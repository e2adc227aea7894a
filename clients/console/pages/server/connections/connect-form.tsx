import { Group, Paper, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useRead } from '../../../api/use-read.ts';
import { useViewer, type Viewer } from '../../../api/viewer.ts';
import { ConnectionOfDocument } from '../../../generated/graphql.ts';
import { ConnectionBadge } from '../../../parts/connection-badge.tsx';
import { Credential } from '../../../parts/credential.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { TimeAgo } from '../../../parts/time-ago.tsx';
import { texts } from '../../../texts/server.ts';
import type { ServerView } from '../server-view.ts';

/** Gives the server a credential of whomever the person may connect it for, or another one. */
export function ConnectForm({ server }: { server: ServerView }) {
  const subjects = findSubjects(useViewer(), server);
  const [chosen, setChosen] = useState<string | null>(null);
  const subject = subjects.find(({ value }) => value === chosen) ?? subjects[0];
  if (subject === undefined) return null;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm" align="flex-start">
        <Select label={texts.whose} data={subjects} allowDeselect={false} value={subject.value} onChange={setChosen} />
        <Present key={subject.value} server={server} subjectId={subject.value} />
      </Stack>
    </Paper>
  );
}

/** What there is of somebody at present, and what can be put in its place. */
function Present({ server, subjectId }: { server: ServerView; subjectId: string }) {
  const { data, error, isLoading, refresh } = useRead(ConnectionOfDocument, { mcpServerId: server.id, subjectId });
  if (isLoading) return null;
  if (data === undefined) return <Failure error={error} onRetry={refresh} />;
  const connection = data.connectionBySubject;
  const returnTo = `/console/servers/${server.slug}?tab=connections`;
  return (
    <>
      {connection != null && (
        <Group gap="xs">
          <ConnectionBadge state={connection.state} reason={connection.reason} />
          <Text size="sm" c="dimmed">
            {connection.reason ?? <TimeAgo at={connection.updatedAt} />}
          </Text>
        </Group>
      )}
      <Credential server={server} subjectId={subjectId} connection={connection} returnTo={returnTo} />
    </>
  );
}

/** For whom the person may connect the server, by its granularity. */
function findSubjects(viewer: Viewer, server: ServerView): { value: string; label: string }[] {
  switch (server.granularity) {
    case 'ORGANIZATION':
      return viewer.isAdmin ? [{ value: viewer.organizationId, label: viewer.user.organization.name }] : [];
    case 'WORKSPACE':
      return server.accessGrants.nodes
        .filter(({ workspace }) => viewer.manages(workspace.id))
        .map(({ workspace: { id, name } }) => ({ value: id, label: name }));
    case 'USER':
      return [{ value: viewer.user.id, label: `${viewer.user.name} (${texts.you})` }];
  }
}
