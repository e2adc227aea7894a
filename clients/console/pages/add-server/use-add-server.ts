import { useState } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import { toFieldFaults, useChange } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import {
  AddServerCreateDocument,
  AddServerDiscoverDocument,
  AddServerGrantDocument,
  ConnectionAuthorizeDocument,
  ConnectionCreateDocument,
  type ConnectionCreateInput,
  type McpServerCreateInput,
} from '../../generated/graphql.ts';
import { toClientInput } from '../../parts/client-values.ts';
import { showStored } from '../../parts/credential-form.tsx';
import { toHeadersInput } from '../../parts/header-values.ts';
import { entersCredential, type ServerForm, type ServerValues } from './server-form.ts';

/** How adding a server ended. */
export type Added =
  | { readonly kind: 'refused' }
  | { readonly kind: 'done'; readonly slug: string; readonly name: string }
  /** The browser has to go to the upstream's consent page, which leads back. */
  | { readonly kind: 'leave'; readonly url: string };

/** The steps of adding a server, in order: register, give to workspaces, connect. What fails after the first is said, and can be done on its page. */
export function useAddServer(form: ServerForm): { readonly isRunning: boolean; readonly add: () => Promise<Added> } {
  const viewer = useViewer();
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [isRunning, setIsRunning] = useState(false);
  const create = useChange(AddServerCreateDocument);
  const grant = useChange(AddServerGrantDocument);
  const connect = useChange(ConnectionCreateDocument);
  const authorize = useChange(ConnectionAuthorizeDocument);
  const discover = useChange(AddServerDiscoverDocument);

  const addNow = async (): Promise<Added> => {
    const { values } = form;
    const created = await create.run({ input: toCreateInput(values, viewer.organizationId), idempotencyKey }, { isQuiet: true });
    if (!created.ok) {
      form.setErrors(toFieldFaults(created.faults, ['url', 'name', 'slug']));
      return { kind: 'refused' };
    }
    const server = created.payload.mcpServer!;
    const workspaceIds = values.owner === '' ? values.workspaceIds : [values.owner];
    for (const workspaceId of workspaceIds) await grant.run({ input: { mcpServerId: server.id, workspaceId } });
    const subjectIds = findSubjects(values, { organizationId: viewer.organizationId, userId: viewer.user.id, workspaceIds });
    if (entersCredential(values)) {
      for (const subjectId of subjectIds) {
        const connected = await connect.run({ input: { mcpServerId: server.id, subjectId, ...toCredential(values) } });
        if (connected.ok) showStored(connected.payload.connection);
      }
    } else if (values.authentication === 'OAUTH' && values.connectsNow && subjectIds[0] !== undefined) {
      const started = await authorize.run({
        mcpServerId: server.id,
        subjectId: subjectIds[0],
        returnTo: `/console/servers/${server.slug}?tab=connections`,
      });
      if (started.ok && started.payload.authorizationUrl != null) return { kind: 'leave', url: started.payload.authorizationUrl };
    }
    if (values.authentication === 'NONE' || entersCredential(values)) void discover.run({ id: server.id }, { isQuiet: true });
    return { kind: 'done', slug: server.slug, name: server.name };
  };

  const add = async (): Promise<Added> => {
    setIsRunning(true);
    const added = await addNow();
    setIsRunning(false);
    return added;
  };
  return { isRunning, add };
}

function toCreateInput(values: ServerValues, organizationId: string): McpServerCreateInput {
  const { url, name, slug, transport, authentication, granularity, owner, scopes, clientId, clientSecret } = values;
  const hasClient = authentication === 'OAUTH' && clientId.trim() !== '';
  return {
    organizationId,
    url: url.trim(),
    name: name.trim(),
    slug,
    transport,
    authentication,
    granularity,
    workspaceId: owner === '' ? undefined : owner,
    oauth: hasClient
      ? { clientId: clientId.trim(), clientSecret: clientSecret === '' ? undefined : clientSecret, scopes: toScopes(scopes) }
      : undefined,
  };
}

function toCredential(values: ServerValues): Pick<ConnectionCreateInput, 'headers' | 'clientCredentials'> {
  if (values.authentication === 'CUSTOM_HEADERS') return { headers: toHeadersInput(values.headers) };
  return { clientCredentials: toClientInput(values.client) };
}

function toScopes(text: string): string[] | undefined {
  const scopes = text.split(/\s+/).filter((scope) => scope !== '');
  return scopes.length === 0 ? undefined : scopes;
}

function findSubjects(
  { granularity }: ServerValues,
  subjects: { readonly organizationId: string; readonly userId: string; readonly workspaceIds: readonly string[] },
): readonly string[] {
  switch (granularity) {
    case 'ORGANIZATION':
      return [subjects.organizationId];
    case 'WORKSPACE':
      return subjects.workspaceIds;
    case 'USER':
      return [subjects.userId];
  }
}
