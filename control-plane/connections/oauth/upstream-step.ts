import type { EntityManager } from '@mikro-orm/postgresql';
import { err, type Result } from '../../../foundation/result.ts';
import { McpServerEntity } from '../../mcp-servers/index.ts';
import { toEntryPath } from '../pages/entry-routes.ts';
import type { UpstreamConnect } from './upstream-connect.ts';
import type { UpstreamNeed } from './upstream-need.ts';

/** A server in a workspace that a client is to be allowed to use. */
interface StepServer {
  readonly serverId: string;
  readonly workspaceId: string;
}

interface StepRequest {
  readonly server: StepServer;
  readonly subjectId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly returnTo: string;
}

/** A need, with the page where values are entered. */
type StepNeed =
  Exclude<UpstreamNeed, { kind: 'enter_headers' }> | { readonly kind: 'enter_headers'; readonly subjectId: string; readonly path: string };

/** Connecting what is behind a server, as a step of allowing a client to use it. */
export interface UpstreamStep {
  findNeed(server: StepServer, userId: string): Promise<StepNeed>;
  findScopes(server: StepServer, subjectId: string): Promise<readonly string[]>;
  start(request: StepRequest): Promise<Result<{ readonly authorizationUrl: string }, { readonly message: string }>>;
}

export function toUpstreamStep(em: EntityManager, connect: UpstreamConnect): UpstreamStep {
  return {
    async findNeed({ serverId, workspaceId }, userId) {
      const fork = em.fork();
      const server = await fork.findOneOrFail(McpServerEntity, serverId);
      const need = await connect.findNeed(fork, { server, workspaceId, user: { id: userId } });
      return need.kind === 'enter_headers' ? { ...need, path: toEntryPath(workspaceId, serverId) } : need;
    },
    findScopes: ({ serverId }, subjectId) => connect.findScopes(serverId, subjectId),
    async start({ server, ...request }) {
      const started = await connect.start({ serverId: server.serverId, ...request });
      return started.ok ? started : err({ message: started.error });
    },
  };
}
