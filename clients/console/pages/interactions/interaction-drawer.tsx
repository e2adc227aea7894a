import { Anchor, Badge, Button, Code, Drawer, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { InteractionDetailsDocument, InteractionPayloadDocument, type InteractionDetailsQuery } from '../../generated/graphql.ts';
import { Failure } from '../../parts/failure.tsx';
import { outcomeColors } from '../../parts/outcome-colors.ts';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { texts as decisions } from '../../texts/decisions.ts';
import { texts } from '../../texts/interactions.ts';
import { words } from '../../texts/words.ts';
import { toTitle } from './interaction.ts';
import type { InteractionsSearch } from './interactions-search.ts';
import { TraceWaterfall } from './trace-waterfall.tsx';

type Details = NonNullable<InteractionDetailsQuery['interaction']>;

interface Props {
  readonly id: string | undefined;
  readonly onClose: () => void;
  readonly onFilter: (change: InteractionsSearch) => void;
}

/** One interaction from close by. */
export function InteractionDrawer({ id, onClose, onFilter }: Props) {
  const { data, error, refresh } = useRead(InteractionDetailsDocument, { id: id ?? '' }, { isPaused: id === undefined });
  const interaction = data?.interaction?.id === id ? data?.interaction : undefined;
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={interaction == null ? texts.title : toTitle(interaction)}
      closeButtonProps={{ 'aria-label': texts.close }}
    >
      {error !== undefined && <Failure error={error} onRetry={refresh} />}
      {error === undefined && interaction === undefined && <ListSkeleton />}
      {data !== undefined && data.interaction === null && <Text c="dimmed">{texts.nothingTitle}</Text>}
      {interaction != null && <InteractionView interaction={interaction} onFilter={onFilter} />}
    </Drawer>
  );
}

function InteractionView({ interaction, onFilter }: { interaction: Details; onFilter: Props['onFilter'] }) {
  const { traceId, sessionId, capabilityName, outcome, hasPayload } = interaction;
  const { facts } = texts;
  const { user: viewer } = useViewer();
  return (
    <Stack>
      <Group gap="xs">
        <Badge variant="light" color={outcomeColors[outcome]} tt="none">
          {texts.outcomes[outcome]}
        </Badge>
        {capabilityName != null && <Code>{capabilityName}</Code>}
      </Group>
      <Facts
        title={texts.sections.how}
        facts={[
          [texts.when, new Date(interaction.occurredAt).toLocaleString()],
          [facts.status, [interaction.httpMethod, interaction.status].filter((part) => part != null).join(' ') || undefined],
          [facts.error, [interaction.errorCode, interaction.errorReason].filter((part) => part != null).join(': ') || undefined],
          [facts.total, words.duration(interaction.totalMs)],
          [facts.upstream, interaction.upstreamMs == null ? undefined : words.duration(interaction.upstreamMs)],
          [facts.request, interaction.requestBytes == null ? undefined : texts.bytes(interaction.requestBytes)],
          [facts.response, interaction.responseBytes == null ? undefined : texts.bytes(interaction.responseBytes)],
          [facts.protocol, toProtocol(interaction)],
          [facts.gateway, interaction.gatewayId],
        ]}
      />
      <Facts
        title={texts.sections.who}
        facts={[
          [facts.person, interaction.user?.name],
          [facts.caller, interaction.callerKind == null ? texts.nobody : texts.callers[interaction.callerKind]],
          [facts.key, interaction.apiKeyId],
          [facts.client, [interaction.clientName, interaction.clientVersion].filter((part) => part != null).join(' ') || undefined],
          [texts.workspace, interaction.workspace?.name],
          [texts.server, interaction.mcpServer?.name],
          [facts.session, interaction.sessionId],
        ]}
      />
      <Facts
        title={texts.sections.why}
        facts={[
          [facts.decision, interaction.decision == null ? undefined : texts.decisions[interaction.decision]],
          [facts.decidedBy, toReason(interaction)],
          [facts.rule, interaction.accessRuleId],
          [facts.level, interaction.ruleLevel == null ? undefined : decisions.levels[interaction.ruleLevel]],
          [facts.limit, interaction.rateLimitId],
          [facts.reason, interaction.reason],
          [facts.revision, interaction.snapshotRevision],
          [facts.connection, interaction.connectionId],
        ]}
      />
      {traceId != null && (
        <Section title={texts.sections.trace}>
          <TraceWaterfall traceId={traceId} shownId={interaction.id} />
          <Anchor component="button" ta="left" onClick={() => onFilter({ trace: traceId })}>
            {texts.sameTrace}
          </Anchor>
        </Section>
      )}
      {sessionId != null && (
        <Anchor component="button" ta="left" onClick={() => onFilter({ session: sessionId })}>
          {texts.sameSession}
        </Anchor>
      )}
      {hasPayload && viewer.role === 'AUDITOR' && <Payload key={interaction.id} id={interaction.id} />}
    </Stack>
  );
}

function toReason({ decidedBy, decision }: Details): string | undefined {
  return decidedBy == null ? undefined : decisions.why(decidedBy, decision === 'ALLOWED');
}

function toProtocol({ era, protocolRevision }: Details): string | undefined {
  if (era == null) return protocolRevision ?? undefined;
  return [protocolRevision, texts.eras[era]].filter((part) => part != null).join(', ');
}

function Facts({ title, facts }: { title: string; facts: readonly (readonly [string, ReactNode])[] }) {
  const known = facts.filter(([, value]) => value != null);
  if (known.length === 0) return null;
  return (
    <Section title={title}>
      <Table variant="vertical">
        <Table.Tbody>
          {known.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={140}>{name}</Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

/** Read only when somebody asks for it, because reading it is itself recorded. */
function Payload({ id }: { id: string }) {
  const [isWanted, setWanted] = useState(false);
  const { data, error } = useRead(InteractionPayloadDocument, { id }, { isPaused: !isWanted });
  const payload = data?.interactionPayload;
  return (
    <Section title={texts.sections.payload}>
      {!isWanted && (
        <Group>
          <Button variant="default" onClick={() => setWanted(true)}>
            {texts.readPayload}
          </Button>
          <Text c="dimmed" size="sm">
            {texts.readPayloadHint}
          </Text>
        </Group>
      )}
      {error !== undefined && <Failure error={error} />}
      {payload != null && (
        <>
          <Captured name={texts.arguments} json={payload.arguments} isCut={payload.isArgumentsTruncated} />
          <Captured name={texts.result} json={payload.result} isCut={payload.isResultTruncated} />
        </>
      )}
    </Section>
  );
}

function Captured({ name, json, isCut }: { name: string; json: string | null | undefined; isCut: boolean }) {
  if (json == null) return null;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {isCut ? `${name} (${texts.cut})` : name}
      </Text>
      <Code block>{json}</Code>
    </Stack>
  );
}
