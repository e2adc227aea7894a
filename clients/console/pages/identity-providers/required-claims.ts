interface Claim {
  readonly name: string;
  readonly value: string;
}

/** Claims as people write them: one a line, `name=value`. Undefined where a line is not like that. */
export function parseClaims(text: string): Claim[] | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const claims = lines.map((line) => /^([^=\s]+)\s*=\s*(.+)$/.exec(line));
  return claims.every((claim) => claim !== null) ? claims.map(([, name, value]) => ({ name: name!, value: value! })) : undefined;
}

/** The same the other way around. */
export function formatClaims(claims: readonly Claim[]): string {
  return claims.map(({ name, value }) => `${name}=${value}`).join('\n');
}
