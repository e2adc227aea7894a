/** Where an interaction stands in the log: its time and its event. */
export interface InteractionPosition {
  readonly occurredAt: Date;
  /** The UUID of the event. */
  readonly eventId: string;
}

const ID = /^ixn_([0-9a-f]{12})([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;
const TIME_DIGITS = 12;
/** The end of the year 9999. */
const LATEST_MS = 253_402_300_799_999;

/** The id of an interaction begins with its time, so that it is found without looking through every day. Opaque to clients. */
export function toInteractionId({ occurredAt, eventId }: InteractionPosition): string {
  return `ixn_${occurredAt.getTime().toString(16).padStart(TIME_DIGITS, '0')}${eventId.replaceAll('-', '')}`;
}

/** Undefined for what is no id of an interaction. */
export function parseInteractionId(id: string): InteractionPosition | undefined {
  const [, time, ...groups] = ID.exec(id) ?? [];
  const timeMs = Number.parseInt(time ?? '', 16);
  return time === undefined || timeMs > LATEST_MS ? undefined : { occurredAt: new Date(timeMs), eventId: groups.join('-') };
}
