import { Skeleton, Stack } from '@mantine/core';

/** The shape of a page while its code or its data is on the way. */
export function PageSkeleton() {
  return (
    <Stack gap="md" aria-busy="true">
      <Skeleton h={32} w={220} />
      <ListSkeleton />
    </Stack>
  );
}

/** The shape of a list. */
export function ListSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <Stack gap="xs" aria-busy="true">
      {Array.from({ length: rows }, (_, position) => (
        <Skeleton key={position} h={44} />
      ))}
    </Stack>
  );
}
