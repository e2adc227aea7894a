import { startPassThrough } from '../pass-through.ts';

/** An upstream that lets only the bearers of one token in. */
export interface TokenGuard {
  readonly url: string;
  /** The token that is good; changed, the one before is refused. */
  accepted: string;
  /** The tokens that were presented, in turn. */
  readonly presented: string[];
  close(): Promise<void>;
}

/** Puts a guard before an upstream. */
export async function startTokenGuard(upstreamUrl: string): Promise<TokenGuard> {
  const target = new URL(upstreamUrl);
  const hop = await startPassThrough((request) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    guard.presented.push(token);
    return token === guard.accepted ? { origin: target.origin, headers: request.rawHeaders } : 401;
  });
  const guard: TokenGuard = { url: hop.origin + target.pathname, accepted: 'token-1', presented: [], close: () => hop.close() };
  return guard;
}
