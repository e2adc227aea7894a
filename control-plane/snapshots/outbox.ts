/** The channel on which PostgreSQL tells the publisher that something was committed. */
export const OUTBOX_CHANNEL = 'sluice_snapshot';
