// What the control plane wrote into the page for this one session.

/** Makes a request count as the person's; other sites do not know it. */
export function readCsrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

/** Lets style sheets through that components write at run time. */
export function readNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
