import { initialize, modernRequest, sendMcp } from '../support/mcp-request.ts';
import type { Stage } from './stage.ts';

/** Whether a call to the open server gets through with a key. */
export async function isServed(stage: Stage, key: string): Promise<boolean> {
  const answer = await sendMcp(toOpenUrl(stage), { key, body: initialize() });
  return answer.status === 200 && answer.message().result !== undefined;
}

/** Whether a key is shown any tool of the open server. */
export async function seesTools(stage: Stage, key: string): Promise<boolean> {
  const answer = await sendMcp(toOpenUrl(stage), { key, ...modernRequest(1, 'tools/list') });
  return answer.body.toString().includes('inputSchema');
}

function toOpenUrl({ world }: Stage): string {
  return `${world.gateway.url}/${world.workspace.slug}/open-tools/mcp`;
}
