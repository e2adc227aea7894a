import { useForm } from '@mantine/form';
import type { McpAuthentication, McpGranularity, McpTransport } from '../../generated/graphql.ts';
import { texts } from '../../texts/add-server.ts';
import { NO_CLIENT, type ClientValues } from '../../parts/client-values.ts';
import type { HeaderRow } from '../../parts/header-rows.tsx';
import { parseServerUrl } from './propose.ts';

/** What is entered on the page. */
export interface ServerValues {
  url: string;
  name: string;
  slug: string;
  transport: McpTransport;
  authentication: McpAuthentication;
  granularity: McpGranularity;
  /** A workspace's id, or the empty text for the organization. */
  owner: string;
  workspaceIds: string[];
  hasOwnClient: boolean;
  clientId: string;
  clientSecret: string;
  scopes: string;
  /** The client whose credentials are used where the server wants CLIENT_CREDENTIALS. */
  client: ClientValues;
  headers: HeaderRow[];
  connectsNow: boolean;
}

export function useServerForm(initial: Pick<ServerValues, 'url' | 'owner' | 'workspaceIds'>) {
  return useForm<ServerValues>({
    mode: 'controlled',
    initialValues: {
      name: '',
      slug: '',
      transport: 'STREAMABLE_HTTP',
      authentication: 'NONE',
      granularity: 'ORGANIZATION',
      hasOwnClient: false,
      clientId: '',
      clientSecret: '',
      scopes: '',
      client: NO_CLIENT,
      headers: [{ name: 'Authorization', value: '' }],
      connectsNow: true,
      ...initial,
    },
    validateInputOnBlur: ['slug', 'name'],
    validate: {
      url: (url) => (parseServerUrl(url) === undefined ? texts.urlInvalid : null),
      name: (name) => (name.trim() === '' || name.length > 120 ? texts.nameInvalid : null),
      slug: (slug) => (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(slug) ? null : texts.slugInvalid),
    },
  });
}

export type ServerForm = ReturnType<typeof useServerForm>;

/** Whether the credential is entered here, not given by consent. */
export function entersCredential({ authentication, connectsNow }: ServerValues): boolean {
  return connectsNow && (authentication === 'CUSTOM_HEADERS' || authentication === 'CLIENT_CREDENTIALS');
}
