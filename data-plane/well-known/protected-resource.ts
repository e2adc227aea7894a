import { CALL_TOKEN_SCOPE, toServerUrl } from '../../contract/access-token.ts';
import type { TargetNames } from '../request/target.ts';

/** Where the metadata of protected resources is (RFC 9728 section 3); the path of the resource follows. */
export const PROTECTED_RESOURCE_PATH = '/.well-known/oauth-protected-resource';

/** The `error` of a Bearer challenge (RFC 6750 section 3.1); an empty text is a challenge without one. */
export type ChallengeError = '' | 'invalid_token' | 'insufficient_scope';

/** What the gateway says of an MCP server's URL as the protected resource that it is in OAuth. It says the same of URLs that lead nowhere. */
export class ProtectedResource {
  readonly #gatewayUrl: string;

  constructor(gatewayUrl: string) {
    this.#gatewayUrl = gatewayUrl.replace(/\/+$/, '');
  }

  /** The metadata of a server's URL (RFC 9728 section 2). */
  toMetadata({ workspace, server }: TargetNames, issuer: string): object {
    return {
      resource: toServerUrl(this.#gatewayUrl, workspace, server),
      authorization_servers: [issuer],
      scopes_supported: [CALL_TOKEN_SCOPE],
      bearer_methods_supported: ['header'],
      resource_name: `${workspace}/${server}`,
    };
  }

  /** One Bearer challenge with quoted values (RFC 9728 section 5.1): the parsers of MCP clients understand nothing more. */
  toChallenge({ workspace, server }: TargetNames, error: ChallengeError): string {
    const metadata = `${this.#gatewayUrl}${PROTECTED_RESOURCE_PATH}/${workspace}/${server}/mcp`;
    const challenge = `Bearer resource_metadata="${metadata}", scope="${CALL_TOKEN_SCOPE}"`;
    return error === '' ? challenge : `${challenge}, error="${error}"`;
  }
}

/** What is left of a challenge where there is no authorization server to send anybody to. */
export function toPlainChallenge(error: ChallengeError): string {
  return error === '' ? 'Bearer realm="sluice"' : `Bearer realm="sluice", error="${error}"`;
}
