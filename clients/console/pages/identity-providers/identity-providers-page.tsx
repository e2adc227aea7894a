import { Stack } from '@mantine/core';
import { useViewer } from '../../api/viewer.ts';
import { MissingPage } from '../../parts/missing-page.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { texts } from '../../texts/identity-providers.ts';
import { Issuers } from './issuers.tsx';
import { Providers } from './providers.tsx';

/** Who signs people in, and whose tokens are taken. */
export function IdentityProvidersPage() {
  const { isOverseer } = useViewer();
  if (!isOverseer) return <MissingPage />;
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      <Stack gap={48}>
        <Providers />
        <Issuers />
      </Stack>
    </>
  );
}
