import type { EntityManager } from '@mikro-orm/postgresql';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode, type UserError } from '../api/user-error.ts';
import type { Access } from '../authorization/index.ts';
import type { GuardedFetch } from '../egress/index.ts';
import { isServerVisible, McpServerEntity, type McpServer } from '../mcp-servers/index.ts';
import { isLocalPath } from '../pages/index.ts';
import { lockAllowed } from './connection-service.ts';
import { findSubjectFault, toStoringAction } from './connection-subject.ts';
import type { Connection } from './connection.entity.ts';
import { tryCredential, type Trial } from './oauth/try-credential.ts';
import type { TokenService } from './oauth/token-service.ts';
import type { TokenStore } from './oauth/token-store.ts';
import type { UpstreamConnect } from './oauth/upstream-connect.ts';
import { readCredential } from './read-credential.ts';
import type { HeaderSealer } from './sealed-headers.ts';

/** What the actions work with. */
export interface ConnectionActionsParts {
  readonly em: EntityManager;
  readonly http: GuardedFetch;
  readonly connect: UpstreamConnect;
  readonly tokens: TokenService;
  readonly store: TokenStore;
  readonly sealer: HeaderSealer;
}

/** A connection that was connected again, or where a person has to go for that. */
export interface Reconnected {
  readonly connection: Connection;
  readonly authorizationUrl: string | null;
}

/** What can be done with connections beside storing and deleting them. */
export class ConnectionActions {
  readonly #parts: ConnectionActionsParts;

  constructor(parts: ConnectionActionsParts) {
    this.#parts = parts;
  }

  /** @throws {AccessError} where the caller sees the subject, but may not connect it. */
  async authorize(access: Access, serverId: string, subjectId: string, returnTo?: string | null): Promise<ChangeResult<string>> {
    if (returnTo != null && !isLocalPath(returnTo))
      return userError(UserErrorCode.INVALID, 'returnTo is a path on the control plane, such as /account/connections.', 'returnTo');
    const em = this.#parts.em.fork();
    const server = await em.findOne(McpServerEntity, serverId);
    if (server === null || !(await isServerVisible(em, access, server))) return notFound('MCP server', 'mcpServerId');
    const fault = await findSubjectFault(em, access, server, subjectId);
    if (fault !== undefined) return err([{ ...fault, field: ['subjectId'] }]);
    return this.#start(access, server, subjectId, returnTo ?? null);
  }

  /** Obtains a token anew where no person is needed; otherwise says where one has to go. */
  async reconnect(access: Access, id: string): Promise<ChangeResult<Reconnected>> {
    const allowed = await this.#findAllowed(access, id);
    if (!allowed.ok) return allowed;
    const { connection, server } = allowed.value;
    if (server.authentication === 'CUSTOM_HEADERS')
      return userError(UserErrorCode.INVALID, 'Header values are entered anew with connectionUpdate.', 'id');
    const record = await this.#parts.store.read(id);
    if (record?.row.client.kind === 'OWN') {
      await this.#parts.tokens.renew(id, record.row.serial);
      return ok({ value: { connection, authorizationUrl: null }, revision: null });
    }
    const started = await this.#start(access, server, connection.subjectId, null);
    return started.ok ? ok({ value: { connection, authorizationUrl: started.value.value }, revision: null }) : started;
  }

  /** Asks the upstream with the credential as it is, renewed if it is due. */
  async test(access: Access, id: string): Promise<ChangeResult<{ readonly connection: Connection; readonly trial: Trial }>> {
    const allowed = await this.#findAllowed(access, id);
    if (!allowed.ok) return allowed;
    const { connection, server } = allowed.value;
    const headers = await readCredential(this.#parts, connection);
    const trial = headers.ok ? await tryCredential(this.#parts.http, server, headers.value) : { isAccepted: false, message: headers.error };
    return ok({ value: { connection, trial }, revision: null });
  }

  async #start(access: Access, server: McpServer, subjectId: string, returnTo: string | null): Promise<ChangeResult<string>> {
    if (access.actor.kind === 'service')
      return userError(
        UserErrorCode.INVALID,
        'Consent is given by a person. Use the key of a person, or open the connect page in a browser.',
      );
    const userId = access.actor.kind === 'user' ? access.actor.userId : null;
    const started = await this.#parts.connect.start({ serverId: server.id, subjectId, userId, returnTo });
    if (!started.ok) return userError(UserErrorCode.UNREACHABLE, started.error, 'mcpServerId');
    return ok({ value: started.value.authorizationUrl, revision: null });
  }

  async #findAllowed(access: Access, id: string): Promise<Result<{ connection: Connection; server: McpServer }, readonly UserError[]>> {
    const connection = await this.#parts.em.fork().transactional((em) => lockAllowed(em, access, id, toStoringAction));
    const server = connection === undefined ? null : await this.#parts.em.fork().findOne(McpServerEntity, connection.mcpServerId);
    return connection === undefined || server === null ? notFound('connection', 'id') : ok({ connection, server });
  }
}
