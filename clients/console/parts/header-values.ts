import type { ConnectionHeaderInput } from '../generated/graphql.ts';
import type { HeaderRow } from './header-rows.tsx';

/** The rows to begin with: those that the server names, those that are stored, or one to write a name into. */
export function toHeaderRows(wanted: readonly string[] | null | undefined, stored: readonly string[]): readonly HeaderRow[] {
  const names = wanted ?? (stored.length > 0 ? stored : ['']);
  return names.map((name) => ({ name, value: '' }));
}

/** An empty value keeps the one that is stored under the name; names that are not among them are forgotten. */
export function toHeadersInput(rows: readonly HeaderRow[]): ConnectionHeaderInput[] {
  return rows.map(({ name, value }) => ({ name: name.trim(), value: value === '' ? null : value }));
}
