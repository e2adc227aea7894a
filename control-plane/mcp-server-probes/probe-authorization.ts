import { discoverOAuthServerInfo, extractWWWAuthenticateParams } from '@modelcontextprotocol/client';
import type { Fetch } from '../egress/index.ts';
import type { ProbedAuthorization } from './probe-result.ts';

/** What the server that answered 401 says about getting authorized; null where it says nothing that is understood. */
export async function probeAuthorization(fetchFn: Fetch, url: string, headers: Headers): Promise<ProbedAuthorization | null> {
  const challenge = extractWWWAuthenticateParams(new Response(null, { status: 401, headers }));
  try {
    const info = await discoverOAuthServerInfo(url, { resourceMetadataUrl: challenge.resourceMetadataUrl, fetchFn });
    const metadata = info.authorizationServerMetadata;
    if (metadata === undefined) return null;
    const scopes = challenge.scope?.split(' ') ?? info.resourceMetadata?.scopes_supported ?? [];
    return {
      issuer: metadata.issuer,
      offersRegistration: metadata.registration_endpoint !== undefined,
      acceptsClientIdMetadataDocument:
        'client_id_metadata_document_supported' in metadata && metadata.client_id_metadata_document_supported === true,
      scopes,
    };
  } catch {
    // Documents that cannot be fetched or contradict each other: the probe then knows only that authorization is needed.
    return null;
  }
}
