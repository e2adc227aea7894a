/** Names one attempt of a person, so that sending it twice creates nothing twice. Works without TLS too, unlike `crypto.randomUUID`. */
export function newIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
