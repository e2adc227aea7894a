import { Stack } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { showDone, useChange } from '../../../api/use-change.ts';
import { useRead } from '../../../api/use-read.ts';
import { ServerSettingsDeleteDocument, ServerSettingsDocument, ServerSettingsLossesDocument } from '../../../generated/graphql.ts';
import { DangerZone } from '../../../parts/danger-zone.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { confirmCountedLoss } from '../../../parts/counted-loss.ts';
import { listLosses } from '../../../parts/list-losses.ts';
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
      <DeleteServer server={server} />
    </Stack>
  );
}

function DeleteServer({ server }: { server: ServerView }) {
  const { run } = useChange(ServerSettingsDeleteDocument);
  const navigate = useNavigate();
  const remove = async () => {
    if (!(await run({ id: server.id })).ok) return;
    showDone(texts.deleted(server.name));
    await navigate({ to: '/servers' });
  };
  const ask = () =>
    confirmCountedLoss(ServerSettingsLossesDocument, { serverId: server.id }, ({ mcpServer }) => {
      const { accessGrants, accessRules, connections } = mcpServer ?? {};
      const grants = accessGrants?.nodes ?? [];
      const ruleCount = [...grants.map((grant) => grant.accessRules), accessRules].reduce(
        (sum, rules) => sum + (rules?.nodes.length ?? 0),
        0,
      );
      return {
        title: texts.deleteTitle(server.name),
        text: texts.deleteText(
          grants.map(({ workspace }) => workspace.name),
          accessGrants?.pageInfo.hasNextPage ?? false,
          listLosses({ rules: ruleCount, connections }),
        ),
        action: texts.delete,
        onConfirm: () => void remove(),
      };
    });
  return <DangerZone title={texts.dangerTitle} text={texts.dangerText} action={texts.delete} onAsk={() => void ask()} />;
}
