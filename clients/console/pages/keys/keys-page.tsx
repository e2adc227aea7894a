import { IconKey } from '@tabler/icons-react';
import { usePages } from '../../api/use-pages.ts';
import { useViewer } from '../../api/viewer.ts';
import { KeysDocument } from '../../generated/graphql.ts';
import { KeyTable } from '../../parts/api-keys/key-table.tsx';
import { NewKeyButton } from '../../parts/api-keys/new-key.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { texts } from '../../texts/api-keys.ts';

/** The person's own keys. */
export function KeysPage() {
  const { user } = useViewer();
  const list = usePages(KeysDocument, { userId: user.id }, (data) => data.user?.apiKeys);
  const rows = list.items.map((key) => ({ ...key, about: key.workspace?.name ?? texts.apiOnly, isMine: true }));
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead}>
        <NewKeyButton kind="USER" />
      </PageHeader>
      {list.error !== undefined && <Failure error={list.error} />}
      {rows.length === 0 && list.isLoading && <ListSkeleton rows={3} />}
      {rows.length === 0 && list.isComplete && <EmptyState icon={IconKey} title={texts.emptyTitle} text={texts.empty} />}
      {rows.length > 0 && <KeyTable label={texts.title} aboutLabel={texts.workspace} rows={rows} onShow={list.show} />}
    </>
  );
}
