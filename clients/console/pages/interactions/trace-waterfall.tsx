import { Text, Tooltip } from '@mantine/core';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { InteractionsTraceDocument } from '../../generated/graphql.ts';
import { Failure } from '../../parts/failure.tsx';
import { texts } from '../../texts/interactions.ts';
import { words } from '../../texts/words.ts';
import { toTitle, type Interaction } from './interaction.ts';
import classes from './trace-waterfall.module.css';

/** What belongs to one trace, one below the other, each from its beginning to its end; the darker part was spent at the upstream. */
export function TraceWaterfall({ traceId, shownId }: { traceId: string; shownId: string }) {
  const { organizationId } = useViewer();
  const { data, error } = useRead(InteractionsTraceDocument, { organizationId, traceId });
  if (error !== undefined) return <Failure error={error} />;
  const bars = toBars(data?.interactions.nodes ?? []);
  return (
    <ol className={classes.bars}>
      {bars.map(({ interaction, left, width, upstreamLeft, upstreamWidth }) => (
        <li key={interaction.id} className={classes.row} aria-current={interaction.id === shownId ? 'true' : undefined}>
          <Text size="xs" truncate fw={interaction.id === shownId ? 700 : 400}>
            {toTitle(interaction)}
          </Text>
          <Tooltip label={describe(interaction)}>
            <svg className={classes.track} viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={describe(interaction)}>
              <rect className={classes.whole} x={left} width={width} y={1} height={8} />
              <rect className={classes.upstream} x={upstreamLeft} width={upstreamWidth} y={1} height={8} />
            </svg>
          </Tooltip>
        </li>
      ))}
    </ol>
  );
}

interface Bar {
  readonly interaction: Interaction;
  readonly left: number;
  readonly width: number;
  readonly upstreamLeft: number;
  readonly upstreamWidth: number;
}

/** Parts of a hundred are easier to see than a hair. */
const LEAST_WIDTH = 0.8;

/** Where the gateway's own work before and after the upstream is not told apart, half of it is drawn on either side. */
function toBars(interactions: readonly Interaction[]): readonly Bar[] {
  const spans = interactions
    .map((interaction) => {
      const endMs = Date.parse(interaction.occurredAt);
      return { interaction, startMs: endMs - (interaction.totalMs ?? 0), endMs };
    })
    .toSorted((a, b) => a.startMs - b.startMs);
  const firstMs = Math.min(...spans.map(({ startMs }) => startMs));
  const wholeMs = Math.max(1, ...spans.map(({ endMs }) => endMs - firstMs));
  const toPart = (ms: number) => (ms / wholeMs) * 100;
  return spans.map(({ interaction, startMs, endMs }) => {
    const upstreamMs = Math.min(interaction.upstreamMs ?? 0, endMs - startMs);
    const ownMs = endMs - startMs - upstreamMs;
    return {
      interaction,
      left: Math.min(toPart(startMs - firstMs), 100 - LEAST_WIDTH),
      width: Math.max(toPart(endMs - startMs), LEAST_WIDTH),
      upstreamLeft: toPart(startMs - firstMs + ownMs / 2),
      upstreamWidth: toPart(upstreamMs),
    };
  });
}

function describe({ totalMs, upstreamMs, outcome }: Interaction): string {
  const parts = [texts.outcomes[outcome], words.duration(totalMs)];
  if (upstreamMs != null) parts.push(`${words.duration(upstreamMs)} ${texts.upstreamPart}`);
  return parts.join(', ');
}
