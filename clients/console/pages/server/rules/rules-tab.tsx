import { Badge, Box, Button, Group, Modal, Paper, Stack, Switch, Text, Title } from '@mantine/core';
import { IconPlus, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { useRead } from '../../../api/use-read.ts';
import { useViewer, type Viewer } from '../../../api/viewer.ts';
import {
  ServerRuleDeleteDocument,
  ServerRulesDocument,
  ServerRuleUpdateDocument,
  type RuleFieldsFragment,
  type ServerRulesQuery,
} from '../../../generated/graphql.ts';
import { confirmLoss } from '../../../parts/confirm.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { EnforcementBadge } from '../../../parts/enforcement-badge.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { texts } from '../../../texts/server.ts';
import { words } from '../../../texts/words.ts';
import { mayChange, type ServerView } from '../server-view.ts';
import { RuleForm } from './rule-form.tsx';

/** Where rules stand: at the server, or at its grant to a workspace. */
export interface RulePlace {
  readonly key: string;
  readonly label: string;
  readonly input: { readonly mcpServerId: string } | { readonly accessGrantId: string };
  readonly mayWrite: boolean;
  readonly rules: readonly RuleFieldsFragment[];
}

/** What is taken away from whom. */
export function RulesTab({ server }: { server: ServerView }) {
  const viewer = useViewer();
  const { data, error, isLoading, refresh } = useRead(ServerRulesDocument, { serverId: server.id });
  const [edited, setEdited] = useState<{ readonly rule: RuleFieldsFragment | undefined; readonly place: RulePlace }>();
  if (isLoading) return <ListSkeleton />;
  if (data?.mcpServer == null) return <Failure error={error} onRetry={refresh} />;
  const places = toPlaces(data.mcpServer, server, viewer);
  const writable = places.filter(({ mayWrite }) => mayWrite);
  const withRules = places.filter(({ rules }) => rules.length > 0);
  const addButton = writable[0] !== undefined && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited({ rule: undefined, place: writable[0]! })}>
      {texts.addRule}
    </Button>
  );
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Text c="dimmed" maw={640}>
          {texts.rulesLead}
        </Text>
        {withRules.length > 0 && addButton}
      </Group>
      {withRules.length === 0 && (
        <EmptyState icon={IconShieldCheck} title={texts.rulesEmptyTitle} text={texts.rulesEmpty}>
          {addButton}
        </EmptyState>
      )}
      {withRules.map((place) => (
        <Stack key={place.key} gap="xs">
          <Title order={2} size="h5">
            {place.label}
          </Title>
          {place.rules.map((rule) => (
            <Rule key={rule.id} rule={rule} mayWrite={place.mayWrite} onEdit={() => setEdited({ rule, place })} />
          ))}
        </Stack>
      ))}
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        size="lg"
        title={edited?.rule === undefined ? texts.addRule : texts.editRule}
      >
        {edited !== undefined && (
          <RuleForm serverId={server.id} rule={edited.rule} place={edited.place} places={writable} onDone={() => setEdited(undefined)} />
        )}
      </Modal>
    </Stack>
  );
}

function toPlaces(data: NonNullable<ServerRulesQuery['mcpServer']>, server: ServerView, viewer: Viewer): readonly RulePlace[] {
  return [
    {
      key: server.id,
      label: texts.ruleEverywhere,
      input: { mcpServerId: server.id },
      mayWrite: mayChange(viewer, server),
      rules: data.accessRules.nodes,
    },
    ...data.accessGrants.nodes.map(({ id, workspace, accessRules }) => ({
      key: id,
      label: texts.ruleIn(workspace.name),
      input: { accessGrantId: id },
      mayWrite: viewer.manages(workspace.id),
      rules: accessRules.nodes,
    })),
  ];
}

function Rule({ rule, mayWrite, onEdit }: { rule: RuleFieldsFragment; mayWrite: boolean; onEdit: () => void }) {
  const update = useChange(ServerRuleUpdateDocument);
  const remove = useChange(ServerRuleDeleteDocument);
  const askToRemove = () =>
    confirmLoss({
      title: texts.deleteRuleTitle(rule.name),
      text: texts.deleteRuleText,
      action: texts.deleteRule,
      onConfirm: () => void remove.run({ id: rule.id }),
    });
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-start" gap="xs">
        <Box flex="1 1 280px" miw={0}>
          <Group gap="xs">
            <Badge color={rule.effect === 'DENY' ? 'red' : 'indigo'} variant="light" tt="none">
              {texts.effects[rule.effect].label}
            </Badge>
            <Text fw={600}>{rule.name}</Text>
            <EnforcementBadge subject={rule.id} />
          </Group>
          <Text size="sm" c="dimmed" mt={4}>
            {describe(rule)}
          </Text>
          {rule.condition != null && (
            <Text size="sm" ff="monospace" mt={4} style={{ overflowWrap: 'anywhere' }}>
              {rule.condition}
            </Text>
          )}
        </Box>
        {mayWrite && (
          <Group gap={4} wrap="nowrap">
            <Switch
              checked={rule.enabled}
              aria-label={texts.ruleOn(rule.name)}
              onChange={({ currentTarget }) =>
                void update.run({ id: rule.id, input: { enabled: currentTarget.checked } }, { subject: rule.id })
              }
            />
            <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={`${texts.editRule}: ${rule.name}`}>
              {texts.edit}
            </Button>
            <Button size="compact-sm" variant="subtle" color="red" onClick={askToRemove} aria-label={`${texts.deleteRule}: ${rule.name}`}>
              {texts.delete}
            </Button>
          </Group>
        )}
      </Group>
    </Paper>
  );
}

/** What a rule is about, in a line. */
function describe({ capabilities, callers }: RuleFieldsFragment): string {
  const what = [...capabilities.kinds.map((kind) => words.capability[kind]), ...capabilities.patterns].join(', ');
  const who = [
    ...callers.organizationRoles.map((role) => words.organizationRole[role]),
    ...callers.workspaceRoles.map((role) => words.workspaceRole[role]),
    ...callers.groups,
    ...(callers.serviceKeys ? [texts.serviceKeys] : []),
    ...(callers.userIds.length > 0 ? [texts.somePeople(callers.userIds.length)] : []),
    ...(callers.apiKeyIds.length > 0 ? [texts.someKeys(callers.apiKeyIds.length)] : []),
  ].join(', ');
  return `${what === '' ? texts.everything : what} · ${who === '' ? texts.forEverybody : who}`;
}
