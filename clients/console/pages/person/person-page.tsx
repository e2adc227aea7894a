import { Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { showDone, useChange } from '../../api/use-change.ts';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import {
  PersonDeleteDocument,
  PersonDisableDocument,
  PersonDocument,
  PersonEnableDocument,
  PersonLossesDocument,
  type PersonQuery,
} from '../../generated/graphql.ts';
import { confirmLoss } from '../../parts/confirm.tsx';
import { DangerZone } from '../../parts/danger-zone.tsx';
import { EnforcementBadge } from '../../parts/enforcement-badge.tsx';
import { Failure } from '../../parts/failure.tsx';
import { LockdownBadge } from '../../parts/lockdown/lockdown-badge.tsx';
import { LockdownButton } from '../../parts/lockdown/lockdown-button.tsx';
import { LockdownNotice } from '../../parts/lockdown/lockdown-notice.tsx';
import type { LockdownSubject } from '../../parts/lockdown/subject.ts';
import { confirmCountedLoss } from '../../parts/counted-loss.ts';
import { listLosses } from '../../parts/list-losses.ts';
import { MissingPage } from '../../parts/missing-page.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { PageSkeleton } from '../../parts/page-skeleton.tsx';
import { texts } from '../../texts/people.ts';
import { words } from '../../texts/words.ts';
import { PersonForm } from './person-form.tsx';
import { SignInLinkButton } from './sign-in-link.tsx';

/** A person as their page has read them. */
export type PersonView = NonNullable<PersonQuery['user']>;

const route = getRouteApi('/people/$id');

/** Everything about one person. */
export function PersonPage() {
  const { id } = route.useParams();
  const { data, error, isLoading, refresh } = useRead(PersonDocument, { id });
  const person = data?.user;
  if (isLoading || (person != null && person.id !== id)) return <PageSkeleton />;
  if (error !== undefined && person == null) return <Failure error={error} onRetry={refresh} />;
  if (person == null) return <MissingPage />;
  return <Person key={person.id} person={person} />;
}

function Person({ person }: { person: PersonView }) {
  const viewer = useViewer();
  const isSelf = person.id === viewer.user.id;
  // Only an owner changes owners.
  const mayChange = viewer.isAdmin && (viewer.isOwner || person.role !== 'OWNER');
  const subject: LockdownSubject = { id: person.id, kind: 'USER', name: person.name };
  return (
    <>
      <Anchor component={Link} to="/people" size="sm">
        {texts.back}
      </Anchor>
      <PageHeader
        title={isSelf ? `${person.name} (${texts.you})` : person.name}
        lead={
          <Group gap="xs">
            <Text>{person.email}</Text>
            <Badge variant="light" color={person.enabled ? 'green' : 'gray'} tt="none">
              {person.enabled ? texts.active : texts.disabled}
            </Badge>
            <LockdownBadge lockdown={person.lockdown} />
            <EnforcementBadge subject={person.id} />
          </Group>
        }
      >
        {mayChange && person.enabled && <SignInLinkButton person={person} />}
        {mayChange && !isSelf && <PowerButton person={person} />}
        {mayChange && !isSelf && <LockdownButton subject={subject} lockdown={person.lockdown} />}
      </PageHeader>
      <LockdownNotice subject={subject} />
      <Stack gap="xl" maw={860}>
        {mayChange ? <PersonForm person={person} /> : <Text>{words.organizationRole[person.role]}</Text>}
        {person.groups.length > 0 && (
          <Text size="sm">
            {texts.groups}: {person.groups.join(', ')}
          </Text>
        )}
        <Memberships person={person} />
        {mayChange && !isSelf && <DeletePerson person={person} />}
      </Stack>
    </>
  );
}

function Memberships({ person }: { person: PersonView }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.memberships}>
      <Title order={2} size="h4" mb="sm">
        {texts.memberships}
      </Title>
      <Stack gap="xs">
        {person.memberships.nodes.length === 0 && <Text c="dimmed">{texts.noMembership}</Text>}
        {person.memberships.nodes.map(({ id, role, workspace }) => (
          <Group key={id} justify="space-between">
            <Anchor component={Link} to={`/workspaces/${workspace.slug}`}>
              {workspace.name}
            </Anchor>
            <Text size="sm" c="dimmed">
              {words.workspaceRole[role]}
            </Text>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}

function PowerButton({ person }: { person: PersonView }) {
  const enable = useChange(PersonEnableDocument);
  const disable = useChange(PersonDisableDocument);
  const toggle = async () => {
    const outcome = await (person.enabled ? disable : enable).run({ id: person.id }, { subject: person.id });
    if (outcome.ok) showDone(person.enabled ? texts.disabledDone(person.name) : texts.enabledDone(person.name));
  };
  const ask = () =>
    confirmLoss({
      title: texts.disableTitle(person.name),
      text: texts.disableText,
      action: texts.disable,
      onConfirm: () => void toggle(),
    });
  return (
    <Button
      variant="default"
      loading={enable.isRunning || disable.isRunning}
      onClick={() => {
        if (person.enabled) ask();
        else void toggle();
      }}
    >
      {person.enabled ? texts.disable : texts.enable}
    </Button>
  );
}

function DeletePerson({ person }: { person: PersonView }) {
  const { organizationId } = useViewer();
  const { run } = useChange(PersonDeleteDocument);
  const navigate = useNavigate();
  const remove = async () => {
    if (!(await run({ id: person.id })).ok) return;
    showDone(texts.deleted(person.name));
    await navigate({ to: '/people' });
  };
  const ask = () =>
    confirmCountedLoss(PersonLossesDocument, { organizationId, id: person.id }, (data) => {
      const { memberships, connections, consents } = data.user ?? {};
      return {
        title: texts.deleteQuestion(person.name),
        text: texts.deleteLoss(listLosses({ memberships, keys: data.organization?.apiKeys, accounts: connections, clients: consents })),
        action: texts.delete,
        onConfirm: () => void remove(),
      };
    });
  return <DangerZone title={texts.deleteTitle} text={texts.deleteText} action={texts.delete} onAsk={() => void ask()} />;
}
