import type { OAuthClientMetadata } from '@modelcontextprotocol/client';

/** Where the metadata document is, below the control plane's origin. */
export const CLIENT_DOCUMENT_PATH = '/oauth/client.json';
/** Where authorization servers of upstreams send browsers back to. */
export const CALLBACK_PATH = '/oauth/upstream/callback';

/** The gateway as a client of upstreams. */
export interface GatewayClient {
  readonly redirectUri: string;
  /** The client id that is the address of a document (OAuth Client ID Metadata Document); undefined where that cannot be one: it has to be https. */
  readonly documentUrl: string | undefined;
  /** What is said of it, in the document and when it registers (RFC 7591 section 2). */
  readonly metadata: OAuthClientMetadata;
}

export function makeGatewayClient(controlPlaneUrl: string): GatewayClient {
  const isPublic = new URL(controlPlaneUrl).protocol === 'https:';
  const redirectUri = controlPlaneUrl + CALLBACK_PATH;
  return {
    redirectUri,
    documentUrl: isPublic ? controlPlaneUrl + CLIENT_DOCUMENT_PATH : undefined,
    metadata: {
      client_name: 'Sluice',
      client_uri: controlPlaneUrl,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      // A web client may not be sent back to plain http (OpenID Connect Registration 1.0 section 2).
      application_type: isPublic ? 'web' : 'native',
    },
  };
}

/** The document, as anybody may read it. */
export function toClientDocument({ documentUrl, metadata }: GatewayClient): object {
  return { client_id: documentUrl, ...metadata, token_endpoint_auth_method: 'none' };
}
