import { Alert, Button, Container, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { CombinedError } from 'urql';
import { explainError } from '../api/operation.ts';
import { texts } from '../texts/shell.ts';

/** Why something cannot be shown, and the way to try again. */
export function Failure({ title, error, onRetry }: { title?: string; error: CombinedError | undefined; onRetry?: () => void }) {
  return (
    <Container size="sm" py="xl">
      <Alert color="red" icon={<IconAlertTriangle />} title={title ?? texts.failedTitle} role="alert">
        <Text size="sm" mb="sm">
          {error === undefined ? texts.missing : explainError(error)}
        </Text>
        {onRetry !== undefined && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {texts.retry}
          </Button>
        )}
      </Alert>
    </Container>
  );
}
