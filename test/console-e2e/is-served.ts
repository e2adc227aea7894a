import { initialize, sendMcp } from '../support/mcp-request.ts';
import type { Stage } from './stage.ts';

/** Whether a call to the open server gets through with a key. */
export async function isServed(stage: Stage, key: string): Promise<boolean> {
  const url = `${stage.world.gateway.url}/${stage.world.workspace.slug}/open-tools/mcp`;
  const answer = await sendMcp(url, { key, body: initialize() });
  return answer.status === 200 && answer.message().result !== undefined;
}
