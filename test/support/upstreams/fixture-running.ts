import { setTimeout as delay } from 'node:timers/promises';
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { text } from './fixture-content.ts';

/** The pause between two notifications that the conformance suite asks for, so that they arrive one by one. */
const STEP_MS = 50;

/** The tools that tell something while they run. */
export function registerRunningTools(server: McpServer): void {
  server.registerTool('test_tool_with_logging', { description: 'Logs three times while it runs.' }, async (ctx) => {
    await ctx.mcpReq.log('info', 'Tool execution started');
    await delay(STEP_MS);
    await ctx.mcpReq.log('info', 'Tool processing data');
    await delay(STEP_MS);
    await ctx.mcpReq.log('info', 'Tool execution completed');
    return text('Tool with logging executed successfully');
  });
  server.registerTool('test_logging_tool', { description: 'Logs once, where the request asks for it.' }, async (ctx) => {
    await ctx.mcpReq.log('info', 'Logging tool executed');
    return text('Logging tool executed');
  });
  server.registerTool('test_tool_with_progress', { description: 'Reports progress in three steps.' }, async (ctx) => {
    for (const progress of [0, 50, 100]) {
      if (progress > 0) await delay(STEP_MS);
      await reportProgress(ctx, progress);
    }
    return text(`Progress reported for ${String(ctx.mcpReq._meta?.progressToken)}`);
  });
  // SEP-1699: the server may end the stream of a running call; the client fetches the result with Last-Event-ID.
  server.registerTool('test_reconnection', { description: 'Closes its stream before the result is there.' }, async (ctx) => {
    await delay(STEP_MS);
    ctx.http?.closeSSE?.();
    await delay(2 * STEP_MS);
    return text('Reconnection test completed successfully');
  });
}

async function reportProgress(ctx: ServerContext, progress: number): Promise<void> {
  const progressToken = ctx.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return;
  await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
}
