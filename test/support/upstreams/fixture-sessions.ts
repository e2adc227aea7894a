import type { McpServer, Transport } from '@modelcontextprotocol/server';
import { buildFixture } from './fixture-surface.ts';

/** The fixture servers of all sessions of one legacy upstream: what one of them changes, the client of each of them is told. */
export class FixtureSessions {
  readonly #servers = new Set<McpServer>();

  async connect(transport: Transport): Promise<void> {
    const server = buildFixture(() => ({
      toolsChanged: () => this.#tellAll((each) => each.sendToolListChanged()),
      promptsChanged: () => this.#tellAll((each) => each.sendPromptListChanged()),
    }));
    // Removed from modern revisions. Nothing here changes, so a subscriber has nothing to be told.
    server.server.setRequestHandler('resources/subscribe', () => ({}));
    server.server.setRequestHandler('resources/unsubscribe', () => ({}));
    await server.connect(transport);
    this.#servers.add(server);
  }

  #tellAll(tell: (server: McpServer) => void): void {
    for (const server of this.#servers) {
      if (server.isConnected()) tell(server);
      else this.#servers.delete(server);
    }
  }
}
