import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSampleServer, type SampleServer } from '../../../embedded/sample-server/http-server.ts';

let server: SampleServer;

beforeAll(async () => {
  server = await startSampleServer(0);
});
afterAll(() => server.stop());

describe.each([
  ['legacy', '2025-11-25', 'legacy' as const],
  ['modern', '2026-07-28', { pin: '2026-07-28' }],
])('a %s client', (_era, revision, mode) => {
  let client: Client;

  beforeAll(async () => {
    client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${server.port}/mcp`)));
  });
  afterAll(() => client.close());

  test('is served in its own revision', () => {
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
  });

  test('finds tools, resources and a prompt', async () => {
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(['convert_units', 'current_time', 'count_down', 'note_add', 'note_list', 'note_delete']);
    expect(tools.every((tool) => tool.annotations?.readOnlyHint !== undefined)).toBe(true);
    const { resources } = await client.listResources();
    expect(resources.map((resource) => resource.uri)).toContain('sample://about');
    const { prompts } = await client.listPrompts();
    expect(prompts.map((prompt) => prompt.name)).toEqual(['summarize_notes']);
  });

  test('gets structured results, and refusals as results', async () => {
    const converted = await client.callTool({ name: 'convert_units', arguments: { value: 10, from: 'km', to: 'mi' } });
    expect(converted.structuredContent).toEqual({ value: 6.21371192237, unit: 'mi' });
    const refused = await client.callTool({ name: 'convert_units', arguments: { value: 10, from: 'km', to: 'kg' } });
    expect(refused.isError).toBe(true);
    const time = await client.callTool({ name: 'current_time', arguments: { timeZone: 'Nowhere/Land' } });
    expect(time.isError).toBe(true);
  });

  test('writes a note, reads it as a resource, finds it in the prompt and deletes it', async () => {
    const added = await client.callTool({ name: 'note_add', arguments: { title: 'Milk', text: 'Two liters' } });
    const { id } = added.structuredContent as { id: string };
    const read = await client.readResource({ uri: `sample://notes/${id}` });
    expect(read.contents[0]).toMatchObject({ text: 'Two liters' });
    const prompt = await client.getPrompt({ name: 'summarize_notes', arguments: {} });
    expect(JSON.stringify(prompt.messages)).toContain('Two liters');
    await client.callTool({ name: 'note_delete', arguments: { id } });
    await expect(client.readResource({ uri: `sample://notes/${id}` })).rejects.toMatchObject({ code: -32_602 });
  });

  test('hears how far a call is', async () => {
    const heard: number[] = [];
    await client.callTool({ name: 'count_down', arguments: { from: 2 } }, { onprogress: ({ progress }) => heard.push(progress) });
    expect(heard).toEqual([0, 1, 2]);
  });
});

test('a page of another site is refused', async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    body: '{}',
  });
  expect(response.status).toBe(403);
});
