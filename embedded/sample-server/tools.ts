import { setTimeout as delay } from 'node:timers/promises';
import type { CallToolResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Notebook } from './notebook.ts';
import { convert, UNIT_NAMES, UNITS } from './units.ts';

const READ_ONLY = { readOnlyHint: true, openWorldHint: false };
const COUNTDOWN_STEP_MS = 250;

export function registerReadOnlyTools(server: McpServer): void {
  const unit = z.enum(UNIT_NAMES);
  const quantities = Object.entries(UNITS).map(([quantity, units]) => `${quantity} (${units.join(', ')})`);
  server.registerTool(
    'convert_units',
    {
      title: 'Convert units',
      description: `Converts a value between two units of the same quantity: ${quantities.join('; ')}.`,
      inputSchema: z.object({
        value: z.number().describe('How much'),
        from: unit.describe('Unit of the value'),
        to: unit.describe('Wanted unit'),
      }),
      outputSchema: z.object({ value: z.number(), unit }),
      annotations: { ...READ_ONLY, idempotentHint: true },
    },
    ({ value, from, to }) => {
      const converted = convert(value, from, to);
      if (converted === undefined) return refuse(`${from} and ${to} do not measure the same thing.`);
      return { ...say(`${value} ${from} = ${converted} ${to}`), structuredContent: { value: converted, unit: to } };
    },
  );
  server.registerTool(
    'current_time',
    {
      title: 'Current time',
      description: 'The date and time of the machine that runs the sample server, in a time zone.',
      inputSchema: z.object({ timeZone: z.string().max(64).default('UTC').describe('IANA name, for example Europe/Berlin') }),
      outputSchema: z.object({ iso: z.string(), local: z.string(), timeZone: z.string() }),
      annotations: READ_ONLY,
    },
    ({ timeZone }) => {
      const local = formatTime(new Date(), timeZone);
      if (local === undefined) return refuse(`There is no time zone "${timeZone}".`);
      return { ...say(local), structuredContent: { iso: new Date().toISOString(), local, timeZone } };
    },
  );
}

export function registerCountdown(server: McpServer): void {
  server.registerTool(
    'count_down',
    {
      title: 'Count down',
      description: 'Counts down in steps of a quarter of a second and reports its progress: to see streaming and cancellation at work.',
      inputSchema: z.object({ from: z.number().int().min(1).max(40).default(8).describe('How many steps') }),
      annotations: { ...READ_ONLY, idempotentHint: true },
    },
    async ({ from }, ctx) => {
      for (let done = 0; done < from; done += 1) {
        await reportProgress(ctx, done, from);
        await delay(COUNTDOWN_STEP_MS, undefined, { signal: ctx.mcpReq.signal });
      }
      await reportProgress(ctx, from, from);
      return say(`Counted down from ${from}.`);
    },
  );
}

export function registerNoteTools(server: McpServer, notebook: Notebook): void {
  server.registerTool(
    'note_add',
    {
      title: 'Add a note',
      description: 'Writes a note that everybody who uses this sample server can read. Notes are kept in memory only.',
      inputSchema: z.object({ title: z.string().min(1).max(100), text: z.string().max(10_000) }),
      outputSchema: z.object({ id: z.string() }),
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    },
    ({ title, text }) => {
      const note = notebook.add(title, text);
      if (note === undefined) return refuse('The notebook is full. Delete a note first.');
      return { ...say(`Added note ${note.id}. Read it at sample://notes/${note.id}.`), structuredContent: { id: note.id } };
    },
  );
  server.registerTool(
    'note_list',
    {
      title: 'List notes',
      description: 'The id and title of every note, oldest first.',
      outputSchema: z.object({ notes: z.array(z.object({ id: z.string(), title: z.string() })) }),
      annotations: READ_ONLY,
    },
    () => {
      const notes = notebook.all().map(({ id, title }) => ({ id, title }));
      return { ...say(notes.map(({ id, title }) => `${id}: ${title}`).join('\n') || 'There are no notes.'), structuredContent: { notes } };
    },
  );
  server.registerTool(
    'note_delete',
    {
      title: 'Delete a note',
      description: 'Deletes a note for everybody.',
      inputSchema: z.object({ id: z.string().max(20) }),
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ id }) => (notebook.delete(id) ? say(`Deleted note ${id}.`) : refuse(`There is no note ${id}.`)),
  );
}

function say(text: string): CallToolResult {
  return { content: [{ type: 'text', text }] };
}

/** A failed call is a result, so that the model that made it reads why. */
function refuse(text: string): CallToolResult {
  return { ...say(text), isError: true };
}

async function reportProgress(ctx: ServerContext, progress: number, total: number): Promise<void> {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return;
  await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total } });
}

function formatTime(time: Date, timeZone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'long', timeZone }).format(time);
  } catch {
    return undefined; // the only reason is a time zone that does not exist
  }
}
