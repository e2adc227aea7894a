import { Badge, Stack, Text, Tooltip } from '@mantine/core';
import { IconCertificate } from '@tabler/icons-react';
import { showDone, useChange } from '../../api/use-change.ts';
import { usePages } from '../../api/use-pages.ts';
import { useViewer } from '../../api/viewer.ts';
import { IdentityIssuerRemoveDocument, IdentityIssuersDocument, type IdentityIssuersQuery } from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { texts } from '../../texts/identity-providers.ts';
import { IssuerForm } from './issuer-form.tsx';
import { OnBadge } from './providers.tsx';
import { RowActions } from './row-actions.tsx';
import { Section } from './section.tsx';

/** An issuer as lists have read it. */
export type Issuer = NonNullable<IdentityIssuersQuery['organization']>['trustedIssuers']['nodes'][number];

/** Whose tokens open the gateway. */
export function Issuers() {
  const { organizationId, isAdmin } = useViewer();
  const list = usePages(IdentityIssuersDocument, { organizationId }, (data) => data.organization?.trustedIssuers);
  return (
    <Section
      title={texts.issuers}
      lead={texts.issuersLead}
      action={isAdmin ? texts.addIssuer : undefined}
      renderForm={(close) => <IssuerForm onDone={close} />}
    >
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length === 0 && list.isLoading && <ListSkeleton rows={2} />}
      {list.items.length === 0 && list.isComplete && (
        <EmptyState icon={IconCertificate} title={texts.issuersEmptyTitle} text={texts.issuersEmpty} />
      )}
      {list.items.length > 0 && (
        <DataTable label={texts.issuers} columns={toColumns(isAdmin)} rows={list.items} toKey={({ id }) => id} onShow={list.show} />
      )}
    </Section>
  );
}

function toColumns(isAdmin: boolean): readonly Column<Issuer>[] {
  return [
    {
      name: texts.issuer,
      width: '2.4fr',
      render: ({ issuer, audience }) => (
        <Stack gap={0}>
          <Text size="sm" fw={600} truncate title={issuer}>
            {issuer}
          </Text>
          {audience != null && (
            <Text size="xs" c="dimmed" truncate>
              {audience}
            </Text>
          )}
        </Stack>
      ),
    },
    { name: texts.state, width: '0.8fr', narrowWidth: '70px', render: ({ enabled }) => <OnBadge isOn={enabled} /> },
    { name: texts.keys, width: '1.6fr', isSecondary: true, render: (issuer) => <Keys issuer={issuer} /> },
    ...(isAdmin ? [{ name: texts.actions, width: '150px', isBelow: true, render: (issuer: Issuer) => <Actions issuer={issuer} /> }] : []),
  ];
}

function Keys({ issuer: { keyCount, keysFailure } }: { issuer: Issuer }) {
  if (keysFailure == null) return <Text size="sm">{texts.keyCount(keyCount)}</Text>;
  return (
    <Tooltip label={keysFailure} maw={360}>
      <Badge variant="light" color="red" tt="none">
        {texts.keysFailed}
      </Badge>
    </Tooltip>
  );
}

function Actions({ issuer }: { issuer: Issuer }) {
  const remove = useChange(IdentityIssuerRemoveDocument);
  const end = async () => {
    if ((await remove.run({ id: issuer.id })).ok) showDone(texts.deleted);
  };
  return (
    <RowActions
      name={issuer.issuer}
      loss={texts.deleteIssuerText}
      onDelete={() => void end()}
      renderForm={(close) => <IssuerForm issuer={issuer} onDone={close} />}
    />
  );
}
