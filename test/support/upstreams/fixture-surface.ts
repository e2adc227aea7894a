import { McpServer } from '@modelcontextprotocol/server';
import { SAMPLE_ICON } from '../../../embedded/sample-server/icon.ts';
import { registerAskingTools } from './fixture-asking.ts';
import { registerContentTools, text } from './fixture-content.ts';
import { registerInputRequiredTools, requestStates } from './fixture-input-required.ts';
import { registerPrompts } from './fixture-prompts.ts';
import { registerResources } from './fixture-resources.ts';
import { registerRunningTools } from './fixture-running.ts';
import { registerSchemaTools } from './fixture-schemas.ts';

/** Tells whoever listens that a list is another one; how, depends on the era. */
export interface ChangeNotifier {
  toolsChanged(): void;
  promptsChanged(): void;
}

/** Everything the official conformance suite expects of a server, the same for both protocol eras. */
export function buildFixture(notify: (server: McpServer) => ChangeNotifier): McpServer {
  const server = new McpServer(
    { name: 'sluice-fixture', version: '1.0.0', icons: [SAMPLE_ICON] },
    {
      capabilities: {
        logging: {},
        completions: {},
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
      },
      requestState: { verify: (state, ctx) => requestStates.verify(state, ctx) },
    },
  );
  registerContentTools(server);
  registerRunningTools(server);
  registerAskingTools(server);
  registerInputRequiredTools(server);
  registerSchemaTools(server);
  registerResources(server);
  registerPrompts(server);
  registerChangeTools(server, notify(server));
  return server;
}

function registerChangeTools(server: McpServer, changes: ChangeNotifier): void {
  server.registerTool('test_trigger_tool_change', { description: 'Announces another list of tools.' }, () => {
    changes.toolsChanged();
    return text('Announced');
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Announces another list of prompts.' }, () => {
    changes.promptsChanged();
    return text('Announced');
  });
}
