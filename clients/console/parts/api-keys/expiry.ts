const DAY_MS = 86_400_000;

/** When a key that is made at this moment expires. */
export function toExpiry(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString();
}
