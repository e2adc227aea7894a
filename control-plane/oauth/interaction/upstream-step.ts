import type { Result } from '../../../foundation/result.ts';
import type { ProtectedServer } from '../server-directory.ts';

/** What has to happen towards the server itself before a client can use it in a person's name. */
export type UpstreamNeed =
  | { readonly kind: 'none' }
  /** The person connects the subject by the upstream's own consent page. */
  | { readonly kind: 'connect'; readonly subjectId: string }
  /** The person enters the header values of the subject. */
  | { readonly kind: 'enter_headers'; readonly subjectId: string; readonly path: string }
  /** Somebody else has to; a sentence that says who. */
  | { readonly kind: 'ask'; readonly whom: string };

/** How a person is connected to what is behind a server. */
export interface UpstreamStep {
  findNeed(server: ProtectedServer, userId: string): Promise<UpstreamNeed>;
  /** What the upstream will be asked for; empty where that is not known. */
  findScopes(server: ProtectedServer, subjectId: string): Promise<readonly string[]>;
  /** @param returnTo a path of this origin, to which the person comes back with the outcome. */
  start(request: {
    readonly server: ProtectedServer;
    readonly subjectId: string;
    readonly userId: string;
    readonly sessionId: string;
    readonly returnTo: string;
  }): Promise<Result<{ readonly authorizationUrl: string }, { readonly message: string }>>;
}
