import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconLock } from '@tabler/icons-react';
import { ServerIcon } from '../../parts/server-icon.tsx';
import { texts } from '../../texts/add-server.ts';
import { needsOwnClient, type Probe } from './propose.ts';
import type { ProbeState } from './use-probe.ts';

/** What was found behind the URL, while the person looks. */
export function ProbeCard({ state, onLookAgain }: { state: ProbeState; onLookAgain: () => void }) {
  return (
    <div aria-live="polite">
      {state.kind === 'looking' && (
        <Stack gap={6}>
          <Text size="sm" c="dimmed">
            {texts.looking}
          </Text>
          <Skeleton h={52} />
        </Stack>
      )}
      {state.kind === 'found' && <Finding probe={state.probe} onLookAgain={onLookAgain} />}
      {state.kind === 'failed' && <Refusal message={state.message} onLookAgain={onLookAgain} />}
    </div>
  );
}

function Finding({ probe, onLookAgain }: { probe: Probe; onLookAgain: () => void }) {
  const isThere = probe.outcome === 'REACHABLE' || probe.outcome === 'NEEDS_AUTHORIZATION';
  if (!isThere) return <Refusal message={probe.message} onLookAgain={onLookAgain} />;
  const { server, authorization, eras } = probe;
  const facts = [
    server?.version == null ? undefined : texts.version(server.version),
    eras.length > 0 ? texts.speaks(eras) : undefined,
    authorization == null ? undefined : texts.asksFor(authorization.issuer),
  ].filter((fact) => fact !== undefined);
  return (
    <Alert
      color="green"
      icon={probe.outcome === 'REACHABLE' ? <IconCircleCheck /> : <IconLock />}
      title={server == null ? probe.message : <Found name={server.title ?? server.name} icon={server.icon} />}
    >
      <Text size="sm">{facts.length > 0 ? facts.join(' · ') : probe.message}</Text>
      {needsOwnClient(probe) && (
        <Text size="sm" mt={4} fw={600}>
          {texts.noRegistration}
        </Text>
      )}
    </Alert>
  );
}

function Found({ name, icon }: { name: string; icon?: string | null }) {
  return (
    <Group gap="xs" wrap="nowrap">
      <ServerIcon name={name} src={icon} size={24} />
      <span>{name}</span>
    </Group>
  );
}

function Refusal({ message, onLookAgain }: { message: string; onLookAgain: () => void }) {
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={message}>
      <Group justify="space-between">
        <Text size="sm">{texts.notLooked}</Text>
        <Button size="compact-sm" variant="default" onClick={onLookAgain}>
          {texts.lookAgain}
        </Button>
      </Group>
    </Alert>
  );
}
