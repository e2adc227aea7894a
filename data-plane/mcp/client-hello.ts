import type { JsonObject } from './message.ts';

/** What a legacy client said of itself in `initialize`, as far as the gateway speaks in its name. */
export interface ClientHello {
  /** The revision that was agreed on with the client. */
  readonly protocolVersion: string;
  readonly clientInfo: JsonObject;
  readonly capabilities: JsonObject;
}
