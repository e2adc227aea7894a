import { Button } from '@mantine/core';
import { IconBug } from '@tabler/icons-react';
import { texts } from '../texts/shell.ts';
import { EmptyState } from './empty-state.tsx';

/** In place of a page that threw: a part that was not loaded after an update of the control plane, or a bug. */
export function FailedPage() {
  return (
    <EmptyState icon={IconBug} title={texts.failedTitle} text={texts.failed}>
      <Button onClick={() => location.reload()}>{texts.retry}</Button>
    </EmptyState>
  );
}
