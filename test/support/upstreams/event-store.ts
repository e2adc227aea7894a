import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** Keeps every event of a session, so that a broken stream can be resumed (2025-11-25, Resumability and Redelivery). */
export class MemoryEventStore implements EventStore {
  readonly #events: { readonly id: string; readonly streamId: string; readonly message: JSONRPCMessage }[] = [];

  async storeEvent(streamId: string, message: JSONRPCMessage): Promise<string> {
    const id = `${streamId}_${this.#events.length}`;
    this.#events.push({ id, streamId, message });
    return id;
  }

  async getStreamIdForEventId(eventId: string): Promise<string | undefined> {
    return this.#events.find((event) => event.id === eventId)?.streamId;
  }

  async replayEventsAfter(
    lastEventId: string,
    { send }: { send: (eventId: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const position = this.#events.findIndex((event) => event.id === lastEventId);
    const streamId = this.#events[position]?.streamId ?? '';
    for (const event of this.#events.slice(position + 1)) {
      // A priming event has an id and no message; replaying it would tell the client nothing.
      if (event.streamId === streamId && 'jsonrpc' in event.message) await send(event.id, event.message);
    }
    return streamId;
  }
}
