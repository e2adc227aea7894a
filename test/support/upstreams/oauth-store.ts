import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What the authorization server of a test remembers: everything of one instance, in memory. */
export class OAuthStore {
  readonly #models = new Map<string, Map<string, AdapterPayload>>();
  /** Whether a refresh token that was used already may be used again, as servers with a grace window allow. */
  isGraceful = false;

  /** What `oidc-provider` takes as its adapter. */
  adapter(name: string): Adapter {
    const rows = this.#rows(name);
    return {
      upsert: async (id, payload) => void rows.set(id, payload),
      find: async (id) => this.#toFound(name, rows.get(id)),
      findByUid: async (uid) => [...rows.values()].find((row) => row.uid === uid),
      findByUserCode: async () => undefined,
      destroy: async (id) => void rows.delete(id),
      consume: async (id) => {
        const row = rows.get(id);
        if (row !== undefined) row['consumed'] = Math.floor(Date.now() / 1_000);
      },
      revokeByGrantId: async (grantId) => {
        for (const [id, row] of rows) if (row.grantId === grantId) rows.delete(id);
      },
    };
  }

  /** Forgets everything of these kinds, as a server does whose administrator revoked it. */
  clear(...names: string[]): void {
    for (const name of names) this.#rows(name).clear();
  }

  #toFound(name: string, row: AdapterPayload | undefined): AdapterPayload | undefined {
    if (row === undefined || name !== 'RefreshToken' || !this.isGraceful) return row;
    return { ...row, consumed: undefined };
  }

  #rows(name: string): Map<string, AdapterPayload> {
    const known = this.#models.get(name);
    if (known !== undefined) return known;
    const rows = new Map<string, AdapterPayload>();
    this.#models.set(name, rows);
    return rows;
  }
}
