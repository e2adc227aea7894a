import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema, ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { ELICITATION_ANSWER, SAMPLING_ANSWER, toKeyHeader, type Destination, type InteropClient, type Session } from './session.ts';

/** The first line of the official SDK: legacy revisions only. */
export const sdkFirstLine: InteropClient = { name: 'SDK v1', connect };

async function connect(destination: Destination): Promise<Session> {
  const client = new Client({ name: 'sluice-interop', version: '1.0.0' }, { capabilities: { sampling: {}, elicitation: {} } });
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    model: 'interop',
    role: 'assistant',
    content: { type: 'text', text: SAMPLING_ANSWER },
  }));
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: ELICITATION_ANSWER, check: true } }));
  await client.connect(
    new StreamableHTTPClientTransport(new URL(destination.url), {
      requestInit: { headers: Object.fromEntries([toKeyHeader(destination)]) },
    }),
  );
  const callWithProgress = async (name: string, args: Readonly<Record<string, unknown>>) => {
    const seen: number[] = [];
    await client.callTool({ name, arguments: args }, undefined, { onprogress: ({ progress }) => void seen.push(progress) });
    return seen;
  };
  const nextLogMessage = async (trigger: () => Promise<unknown>) => {
    await client.setLoggingLevel('debug');
    const { promise, resolve } = Promise.withResolvers<string>();
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => resolve(JSON.stringify(params)));
    await trigger();
    return promise;
  };
  return {
    listTools: async () => JSON.stringify(await client.listTools()),
    listResources: async () => JSON.stringify(await client.listResources()),
    listPrompts: async () => JSON.stringify(await client.listPrompts()),
    callTool: async (name, args) => JSON.stringify(await client.callTool({ name, arguments: args })),
    readResource: async (uri) => JSON.stringify(await client.readResource({ uri })),
    getPrompt: async (name) => JSON.stringify(await client.getPrompt({ name })),
    interactive: { callWithProgress, nextLogMessage },
    close: () => client.close(),
  };
}
