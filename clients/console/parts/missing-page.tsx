import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { texts } from '../texts/shell.ts';
import { EmptyState } from './empty-state.tsx';

/** In place of a page that is not there, or of an object that the person may not see: the two look the same. */
export function MissingPage() {
  return (
    <EmptyState icon={IconMapOff} title={texts.missingTitle} text={texts.missing}>
      <Button component={Link} to="/">
        {texts.toStart}
      </Button>
    </EmptyState>
  );
}
