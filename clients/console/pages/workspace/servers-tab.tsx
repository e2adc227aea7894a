import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconServer2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { usePages } from '../../api/use-pages.ts';
import { WorkspaceServersDocument, type WorkspaceServersQuery } from '../../generated/graphql.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { HealthBadge } from '../../parts/health-badge.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { ServerIcon } from '../../parts/server-icon.tsx';
import { texts } from '../../texts/workspaces.ts';
import type { WorkspaceView } from './workspace-page.tsx';

type Grant = NonNullable<WorkspaceServersQuery['workspace']>['accessGrants']['nodes'][number];

/** The servers that the workspace has. */
export function ServersTab({ workspace }: { workspace: WorkspaceView }) {
  const list = usePages(WorkspaceServersDocument, { workspaceId: workspace.id }, (data) => data.workspace?.accessGrants);
  return (
    <>
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length === 0 && list.isLoading && <ListSkeleton rows={4} />}
      {list.items.length === 0 && list.isComplete && (
        <EmptyState icon={IconServer2} title={texts.serversEmptyTitle} text={texts.serversEmpty}>
          <Button component={Link} to="/servers" variant="light">
            {texts.toServers}
          </Button>
        </EmptyState>
      )}
      {list.items.length > 0 && (
        <DataTable label={texts.tabs.servers} columns={toColumns(workspace)} rows={list.items} toKey={({ id }) => id} onShow={list.show} />
      )}
    </>
  );
}

function toColumns({ slug }: WorkspaceView): readonly Column<Grant>[] {
  return [
    {
      name: texts.server,
      width: '1.6fr',
      render: ({ mcpServer, waitingCapabilityCount }) => (
        <Group gap="sm" wrap="nowrap">
          <ServerIcon name={mcpServer.name} src={mcpServer.iconPath} />
          <Stack gap={6} miw={0}>
            <Anchor component={Link} to={`/servers/${mcpServer.slug}?tab=access&workspace=${slug}`} size="sm" fw={600} truncate>
              {mcpServer.name}
            </Anchor>
            {waitingCapabilityCount > 0 && (
              <Anchor component={Link} to={`/servers/${mcpServer.slug}?tab=tools&show=waiting&workspace=${slug}`} size="xs" truncate>
                {texts.toReview(waitingCapabilityCount)}
              </Anchor>
            )}
          </Stack>
        </Group>
      ),
    },
    { name: texts.url, width: '2.4fr', isSecondary: true, render: ({ url }) => <CopyText text={url} /> },
    {
      name: texts.people,
      width: '1.2fr',
      isSecondary: true,
      render: ({ defaultUserAccess }) => <Text size="sm">{defaultUserAccess === 'ALLOW' ? texts.everybody : texts.onlySome}</Text>,
    },
    {
      name: texts.state,
      width: '1fr',
      render: ({ enabled, mcpServer }) =>
        enabled ? (
          <HealthBadge {...mcpServer} />
        ) : (
          <Badge variant="light" color="gray" tt="none">
            {texts.off}
          </Badge>
        ),
    },
  ];
}
