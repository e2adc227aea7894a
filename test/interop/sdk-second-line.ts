import { Client, StreamableHTTPClientTransport, type Transport, type VersionNegotiationMode } from '@modelcontextprotocol/client';
import { ELICITATION_ANSWER, SAMPLING_ANSWER, toKeyHeader, type InteropClient, type Session } from './session.ts';

/** The second line of the official SDK, by how it finds out the protocol era. */
export function sdkSecondLine(name: string, mode: VersionNegotiationMode): InteropClient {
  return {
    name,
    connect: (destination) => {
      const requestInit = { headers: Object.fromEntries([toKeyHeader(destination)]) };
      return openSession(new StreamableHTTPClientTransport(new URL(destination.url), { requestInit }), mode);
    },
  };
}

/** A session over any transport: of HTTP, or of a program that relays standard input and output. */
export async function openSession(transport: Transport, mode: VersionNegotiationMode): Promise<Session> {
  const client = new Client(
    { name: 'sluice-interop', version: '1.0.0' },
    { capabilities: { sampling: {}, elicitation: {} }, versionNegotiation: { mode } },
  );
  client.setRequestHandler('sampling/createMessage', () => ({
    model: 'interop',
    role: 'assistant',
    content: { type: 'text', text: SAMPLING_ANSWER },
  }));
  client.setRequestHandler('elicitation/create', () => ({
    action: 'accept',
    content: { name: ELICITATION_ANSWER, check: true, username: ELICITATION_ANSWER, email: 'ada@example.com' },
  }));
  await client.connect(transport);
  const callWithProgress = async (name: string, args: Readonly<Record<string, unknown>>) => {
    const seen: number[] = [];
    await client.callTool({ name, arguments: args }, { onprogress: ({ progress }) => void seen.push(progress) });
    return seen;
  };
  const nextLogMessage = async (trigger: () => Promise<unknown>) => {
    await client.setLoggingLevel('debug');
    const { promise, resolve } = Promise.withResolvers<string>();
    client.setNotificationHandler('notifications/message', ({ params }) => resolve(JSON.stringify(params)));
    await trigger();
    return promise;
  };
  return {
    listTools: async () => JSON.stringify(await client.listTools()),
    listResources: async () => JSON.stringify(await client.listResources()),
    listPrompts: async () => JSON.stringify(await client.listPrompts()),
    callTool: async (name, args) => JSON.stringify(await client.callTool({ name, arguments: { ...args } })),
    readResource: async (uri) => JSON.stringify(await client.readResource({ uri })),
    getPrompt: async (name) => JSON.stringify(await client.getPrompt({ name })),
    interactive: client.getProtocolEra() === 'modern' ? { callWithProgress } : { callWithProgress, nextLogMessage },
    close: () => client.close(),
  };
}
