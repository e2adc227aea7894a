import { Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { usePages } from '../../api/use-pages.ts';
import { useViewer } from '../../api/viewer.ts';
import { WorkspaceKeysDocument } from '../../generated/graphql.ts';
import { KeyTable } from '../../parts/api-keys/key-table.tsx';
import { NewKeyButton } from '../../parts/api-keys/new-key.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { texts } from '../../texts/api-keys.ts';
import type { WorkspaceView } from './workspace-page.tsx';

/** The keys of the workspace itself, and those of people in it. */
export function KeysTab({ workspace }: { workspace: WorkspaceView }) {
  const viewer = useViewer();
  const list = usePages(WorkspaceKeysDocument, { workspaceId: workspace.id }, (data) => data.workspace?.apiKeys);
  const isManaged = viewer.manages(workspace.id);
  const rows = list.items.map((key) => ({
    ...key,
    about: key.user?.name ?? texts.service,
    isMine: isManaged || key.user?.id === viewer.user.id,
  }));
  return (
    <Stack gap="md">
      <Text c="dimmed">{texts.serviceLead}</Text>
      {isManaged && (
        <Group>
          <NewKeyButton kind="SERVICE" workspaceId={workspace.id} />
        </Group>
      )}
      {list.error !== undefined && <Failure error={list.error} />}
      {rows.length === 0 && list.isLoading && <ListSkeleton rows={3} />}
      {rows.length === 0 && list.isComplete && <EmptyState icon={IconKey} title={texts.emptyServiceTitle} text={texts.emptyService} />}
      {rows.length > 0 && <KeyTable label={texts.title} aboutLabel={texts.whose} rows={rows} onShow={list.show} />}
    </Stack>
  );
}
