import { Badge, Stack, Text } from '@mantine/core';
import { IconLogin2 } from '@tabler/icons-react';
import { showDone, useChange } from '../../api/use-change.ts';
import { usePages } from '../../api/use-pages.ts';
import { useViewer } from '../../api/viewer.ts';
import { IdentityProviderRemoveDocument, IdentityProvidersDocument, type IdentityProvidersQuery } from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { texts } from '../../texts/identity-providers.ts';
import { ProviderForm } from './provider-form.tsx';
import { RowActions } from './row-actions.tsx';
import { Section } from './section.tsx';

/** A provider as lists have read it. */
export type Provider = NonNullable<IdentityProvidersQuery['organization']>['identityProviders']['nodes'][number];

/** Where people sign in besides a password. Only owners change that. */
export function Providers() {
  const { organizationId, isOwner } = useViewer();
  const list = usePages(IdentityProvidersDocument, { organizationId }, (data) => data.organization?.identityProviders);
  return (
    <Section
      title={texts.providers}
      lead={texts.providersLead}
      action={isOwner ? texts.addProvider : undefined}
      renderForm={(close) => <ProviderForm onDone={close} />}
    >
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length === 0 && list.isLoading && <ListSkeleton rows={2} />}
      {list.items.length === 0 && list.isComplete && (
        <EmptyState icon={IconLogin2} title={texts.providersEmptyTitle} text={texts.providersEmpty} />
      )}
      {list.items.length > 0 && (
        <DataTable label={texts.providers} columns={toColumns(isOwner)} rows={list.items} toKey={({ id }) => id} onShow={list.show} />
      )}
    </Section>
  );
}

function toColumns(isOwner: boolean): readonly Column<Provider>[] {
  return [
    {
      name: texts.name,
      width: '2.4fr',
      render: ({ name, issuer }) => (
        <Stack gap={0}>
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          <Text size="xs" c="dimmed" truncate title={issuer}>
            {issuer}
          </Text>
        </Stack>
      ),
    },
    { name: texts.state, width: '0.8fr', narrowWidth: '70px', render: ({ enabled }) => <OnBadge isOn={enabled} /> },
    {
      name: texts.people,
      width: '1.6fr',
      isSecondary: true,
      render: ({ createsUsers }) => <Text size="sm">{createsUsers ? texts.adds : texts.known}</Text>,
    },
    ...(isOwner
      ? [{ name: texts.actions, width: '150px', isBelow: true, render: (provider: Provider) => <Actions provider={provider} /> }]
      : []),
  ];
}

/** Whether something is in use. */
export function OnBadge({ isOn }: { isOn: boolean }) {
  return (
    <Badge variant="light" color={isOn ? 'green' : 'gray'} tt="none">
      {isOn ? texts.on : texts.off}
    </Badge>
  );
}

function Actions({ provider }: { provider: Provider }) {
  const remove = useChange(IdentityProviderRemoveDocument);
  const end = async () => {
    if ((await remove.run({ id: provider.id })).ok) showDone(texts.deleted);
  };
  return (
    <RowActions
      name={provider.name}
      loss={texts.deleteProviderText}
      onDelete={() => void end()}
      renderForm={(close) => <ProviderForm provider={provider} onDone={close} />}
    />
  );
}
