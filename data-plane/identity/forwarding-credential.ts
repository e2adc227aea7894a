import type { CredentialHeaders, CredentialRenewal, UpstreamCredential } from '../upstream/credential.ts';

/** What forwarding adds to a credential. */
export interface ForwardedParts {
  /** Of the client, names and values in turn. They give way to what is stored for the upstream. */
  readonly forwarded: CredentialHeaders;
  /** Who calls, names and values in turn: as of now, another array when the old one should not be used any longer. */
  readonly identity: () => CredentialHeaders;
}

/** A credential that also carries what the server's forwarding settings name. Everything that is sent upstream asks it anew. */
export class ForwardingCredential implements UpstreamCredential {
  readonly renewal?: CredentialRenewal;
  readonly #base: UpstreamCredential;
  readonly #parts: ForwardedParts;
  /** By what was sent, what of it was the credential. */
  readonly #sent = new WeakMap<CredentialHeaders, CredentialHeaders>();
  #last: { readonly own: CredentialHeaders; readonly identity: CredentialHeaders; readonly headers: CredentialHeaders } | undefined;

  constructor(base: UpstreamCredential, parts: ForwardedParts) {
    this.#base = base;
    this.#parts = parts;
    const { renewal } = base;
    if (renewal === undefined) return;
    this.renewal = {
      renew: (refused, findTraceparent) => renewal.renew(this.#sent.get(refused) ?? refused, findTraceparent),
      noteAccepted: () => renewal.noteAccepted(),
      noteMissingScopes: (scopes) => renewal.noteMissingScopes(scopes),
      refusal: renewal.refusal,
    };
  }

  get headers(): CredentialHeaders {
    const own = this.#base.headers;
    const identity = this.#parts.identity();
    if (this.#last?.own === own && this.#last.identity === identity) return this.#last.headers;
    const headers = [...identity, ...without(own, identity), ...without(this.#parts.forwarded, [...identity, ...own])];
    this.#sent.set(headers, own);
    this.#last = { own, identity, headers };
    return headers;
  }
}

/** Headers whose names are not among others: no name is sent twice. */
function without(headers: CredentialHeaders, others: CredentialHeaders): string[] {
  const names = new Set(others.filter((_part, i) => i % 2 === 0).map((name) => name.toLowerCase()));
  return headers.filter((_part, i) => !names.has(headers[i - (i % 2)]!.toLowerCase()));
}
