import { LiveQueue, type LiveTopic } from '../api/live.ts';
import type { ApiContext } from '../api/context.ts';
import type { NotificationListener } from '../database/notification-listener.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import { TRAFFIC_CHANNEL } from '../traffic/index.ts';
import type { InteractionFilter } from './interaction-filter.input.ts';
import { readNewest, runBounded, toQuestion } from './interaction-queries.ts';
import type { InteractionType } from './interaction.type.ts';

/** What the subscription `interactionAdded` is asked with. */
export interface InteractionAddedArgs {
  readonly organizationId?: string | null;
  readonly filter?: InteractionFilter | null;
}

/** What is added to the log. */
export const INTERACTIONS_ADDED: LiveTopic<InteractionAddedArgs, InteractionType> = { name: 'interactionAdded' };

/** What the feed works with. */
export interface InteractionFeedParts {
  readonly listener: NotificationListener;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often a follower is told at most; what was added meanwhile comes together. */
const TICK_MS = 500;
/** What is told at once. Of more than that, the newest. */
export const MAX_AT_ONCE = 100;
/** What is older when it is written was kept back while Redis was away, and is no news. */
const NEWS_MS = 15_000;
const MAX_WAITING = 500;

/** Tells followers what is added to the log, whichever control plane writes it. */
export class InteractionFeed {
  readonly #parts: InteractionFeedParts;

  constructor(parts: InteractionFeedParts) {
    this.#parts = parts;
  }

  /** @throws {AccessError} where the key lacks the scope. */
  async follow(
    { organizationId, filter }: InteractionAddedArgs,
    context: ApiContext,
    signal: AbortSignal,
  ): Promise<AsyncIterable<InteractionType>> {
    const { listener, clock, logger } = this.#parts;
    const queue = new LiveQueue<InteractionType>(MAX_WAITING, signal);
    const question = toQuestion(context.access, organizationId ?? null, filter);
    if (question.scopes.length === 0) return queue;
    const beganAtMs = clock.nowMs();
    let told = new Map<string, number>();
    let hasNews = false;
    let isReading = false;
    const read = async (): Promise<void> => {
      const sinceMs = Math.max(beganAtMs, clock.nowMs() - NEWS_MS);
      const recent = [...question.filter, { sql: 'occurred_at >= ?', values: [new Date(sinceMs)] }];
      const newest = await runBounded(context.em, (em) => readNewest(em, { ...question, filter: recent }, MAX_AT_ONCE));
      const fresh = newest.filter(({ id }) => !told.has(id));
      told = new Map(
        [...told, ...fresh.map(({ id, occurredAt }) => [id, occurredAt.getTime()] as const)].filter(([, timeMs]) => timeMs >= sinceMs),
      );
      for (const interaction of fresh.toReversed()) queue.push(interaction);
    };
    const onTick = (): void => {
      if (!hasNews || isReading) return;
      [hasNews, isReading] = [false, true];
      read()
        .catch((cause: unknown) => {
          logger.warn({ event: 'interaction_feed_failed', err: cause }, 'a follower of the log is cut off and has to begin anew');
          queue.end();
        })
        .finally(() => (isReading = false));
    };
    const unfollow = await listener.follow(TRAFFIC_CHANNEL, {
      onNotification: () => void (hasNews = true),
      onGap: () => void (hasNews = true),
    });
    const timer = setInterval(onTick, TICK_MS);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      unfollow();
    });
    return queue;
  }
}
