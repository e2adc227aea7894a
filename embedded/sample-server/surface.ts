import { McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { SAMPLE_ICON } from './icon.ts';
import type { Notebook } from './notebook.ts';
import { registerCountdown, registerNoteTools, registerReadOnlyTools } from './tools.ts';

const ABOUT = `This server comes with Sluice, so that there is something to call before you register servers of your own.
It converts units, tells the time, counts down and keeps notes in memory. Nothing leaves this machine.`;

/** Everything the sample server offers, the same in both protocol eras. */
export function buildSampleServer(notebook: Notebook): McpServer {
  const server = new McpServer(
    { name: 'sluice-sample', title: 'Sluice sample server', version: '1.0.0', icons: [SAMPLE_ICON] },
    { instructions: 'Tools to try a gateway with: convert units, tell the time, count down with progress, keep notes.' },
  );
  registerReadOnlyTools(server);
  registerCountdown(server);
  registerNoteTools(server, notebook);
  registerResources(server, notebook);
  registerPrompts(server, notebook);
  return server;
}

function registerResources(server: McpServer, notebook: Notebook): void {
  const about = { title: 'About this server', description: 'What the sample server is for.', mimeType: 'text/plain' };
  server.registerResource('about', 'sample://about', about, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'text/plain', text: ABOUT }],
  }));
  const template = new ResourceTemplate('sample://notes/{id}', {
    list: () => ({
      resources: notebook
        .all()
        .map(({ id, title }) => ({ uri: `sample://notes/${id}`, name: `note-${id}`, title, mimeType: 'text/plain' })),
    }),
    complete: { id: (typed) => notebook.all().map((note) => note.id).filter((id) => id.startsWith(typed)) }, // prettier-ignore
  });
  const note = { title: 'A note', description: 'The text of a note, by its id.', mimeType: 'text/plain' };
  server.registerResource('note', template, note, (uri, { id }) => {
    const found = notebook.find(String(id));
    if (found === undefined) throw new ResourceNotFoundError(uri.href);
    return { contents: [{ uri: uri.href, mimeType: 'text/plain', text: found.text }] };
  });
}

function registerPrompts(server: McpServer, notebook: Notebook): void {
  const prompt = {
    title: 'Summarize the notes',
    description: 'Asks for a summary of all notes in a chosen style.',
    argsSchema: z.object({ style: z.string().max(100).optional().describe('For example: three bullet points') }),
  };
  server.registerPrompt('summarize_notes', prompt, ({ style }) => {
    const notes = notebook.all().map((note) => `# ${note.title}\n${note.text}`);
    const text = `Summarize these notes${style === undefined ? '' : ` as ${style}`}.\n\n${notes.join('\n\n') || '(There are no notes yet.)'}`;
    return { messages: [{ role: 'user', content: { type: 'text', text } }] };
  });
}
