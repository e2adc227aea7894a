import type { Client } from 'pg';
import type { KeyRing } from '../../contract/key-ring.ts';
import { SEAL_PROBE_OWNER, sealSecret } from '../../contract/sealed-secret.ts';
import type { Logger } from '../../foundation/logger.ts';
import type { WorkObserver } from '../telemetry/index.ts';
import type { Result } from '../../foundation/result.ts';
import { describeInconsistency, type ChangedEntries } from './check-consistent.ts';
import {
  compileEverything,
  compileTouched,
  type Compile,
  type CompiledRevision,
  type RefusedRevision,
  type WriteDocuments,
} from './compile-revision.ts';
import type { GatewayReports } from './gateway-reports.ts';
import { DocumentIndex } from './document-index.ts';
import { encodeDelta } from './encode-delta.ts';
import {
  raiseRevision,
  readPublication,
  readPublishedEntries,
  rememberFailure,
  rememberPublication,
  type Publication,
} from './publication-log.ts';
import type { Publication as RedisPublication, RedisSnapshotStore } from './redis-snapshot-store.ts';

/** What a publisher works with. */
export interface PublisherParts {
  readonly store: RedisSnapshotStore;
  readonly reports: GatewayReports;
  readonly ring: KeyRing;
  /** Product version: what another one compiled is compiled anew. */
  readonly version: string;
  readonly observer: WorkObserver;
  readonly logger: Logger;
}

const PROBE_TEXT = 'sluice';

/**
 * What the one publisher does while it holds the lock. It knows what Redis should hold; wherever Redis says otherwise (it lost its
 * data, fell behind, or is ahead of a restored database), everything is compiled and published again. Any error ends the session,
 * whose memory is then worth nothing: the next one starts from what PostgreSQL and Redis say, so there is no half-done state to repair.
 */
export class PublisherSession {
  readonly #client: Client;
  readonly #parts: PublisherParts;
  #published: Publication;
  #index: DocumentIndex;
  /** Whether Redis holds what was published last, so that a change can build on it. */
  #isInForce = false;
  #refused: RefusedRevision | undefined;

  private constructor(client: Client, parts: PublisherParts, published: Publication, index: DocumentIndex) {
    this.#client = client;
    this.#parts = parts;
    this.#published = published;
    this.#index = index;
  }

  /** Takes over from whoever published before. */
  static async takeOver(client: Client, parts: PublisherParts): Promise<PublisherSession> {
    const index = new DocumentIndex(await readPublishedEntries(client));
    const session = new PublisherSession(client, parts, await readPublication(client), index);
    session.#isInForce = await session.#isIntact();
    return session;
  }

  /** Why the last revision is not published; undefined where it is. */
  get failure(): string | undefined {
    return this.#refused && describeInconsistency(this.#refused.inconsistency);
  }

  /** Compares Redis with what was published last. Cheap: it is called at every poll. */
  async verify(): Promise<void> {
    await this.#parts.reports.refresh();
    this.#isInForce &&= (await this.#readForeignRevision()) < 0 && (await this.#isPointedAt());
  }

  /** Publishes until Redis holds what the database says. */
  async publish(): Promise<void> {
    while (await this.#publishOnce()) continue;
  }

  /** Whether there was anything to do. Only then there is something to observe. */
  async #publishOnce(): Promise<boolean> {
    const observed = this.#parts.observer.begin({ work: 'publish' });
    const refused = this.#refused;
    try {
      const wasPublished = await (this.#isInForce ? this.#publishTouched() : this.#publishEverything());
      if (wasPublished) observed.end('published', false, { 'sluice.snapshot.revision': this.#published.revision ?? undefined });
      else if (this.#refused !== refused) observed.end('inconsistent', true);
      return wasPublished;
    } catch (cause) {
      observed.end('failed', true);
      throw cause;
    }
  }

  /** The revision of a reader that runs one which was never published as far as this database knows, or -1. */
  async #readForeignRevision(): Promise<number> {
    const highest = await this.#parts.reports.readHighestRevision();
    return highest > (this.#published.revision ?? -1) ? highest : -1;
  }

  async #isPointedAt(): Promise<boolean> {
    const { revision } = this.#published;
    return revision !== null && (await this.#parts.store.readPointer()) === revision && this.#parts.store.hasManifest(revision);
  }

  async #isIntact(): Promise<boolean> {
    const { revision, sealKeyId, compiledBy } = this.#published;
    if (sealKeyId !== this.#parts.ring.primaryId || compiledBy !== this.#parts.version) return false;
    if (revision === null || !(await this.#isPointedAt())) return false;
    const stored = Object.entries((await this.#parts.store.readManifest(revision))?.documents ?? {});
    const { entries } = this.#index;
    const isSame = stored.length === entries.size && stored.every(([name, hash]) => entries.get(name)?.hash === hash);
    return isSame && this.#parts.store.hasDocuments(stored.map(([, hash]) => hash));
  }

  /** Whether there was anything to do. */
  async #publishTouched(): Promise<boolean> {
    const compiled = await this.#atOneMoment(compileTouched);
    if (compiled === undefined) return false;
    if (!compiled.ok) return this.#refuse(compiled.error);
    const { revision, changed } = compiled.value;
    const replaces = this.#published.revision ?? undefined;
    const retired = [...changed.keys()].flatMap((name) => this.#index.entries.get(name)?.hash ?? []);
    this.#index.apply(changed);
    const sealProbe = this.#sealProbe();
    const delta = replaces === undefined ? undefined : encodeDelta(replaces, revision, sealProbe, changed);
    const manifest = this.#index.encodeManifest(revision, sealProbe);
    await this.#advance({ replaces, revision, manifest, delta, kept: toHashes(changed), retired }, changed);
    return true;
  }

  /** Under a revision above every one that a reader may have seen. */
  async #publishEverything(): Promise<boolean> {
    const { store } = this.#parts;
    const replaces = await store.readPointer();
    await raiseRevision(this.#client, Math.max(replaces ?? -1, await this.#readForeignRevision()) + 1);
    const compiled = await this.#atOneMoment(compileEverything);
    if (compiled === undefined) return false;
    if (!compiled.ok) return this.#refuse(compiled.error);
    const { revision, changed, entries } = compiled.value;
    const kept = toHashes(entries);
    const current = new Set(kept);
    const left = replaces === undefined ? undefined : await store.readManifest(replaces);
    const former = [...Object.values(left?.documents ?? {}), ...toHashes(this.#index.entries)];
    this.#index = new DocumentIndex(entries);
    const manifest = this.#index.encodeManifest(revision, this.#sealProbe());
    const retired = former.filter((hash) => !current.has(hash));
    await this.#advance({ replaces, revision, manifest, delta: undefined, kept, retired }, changed);
    this.#isInForce = true;
    return true;
  }

  /** Moves the pointer, then remembers. Whoever dies in between leaves a pointer that the next publisher does not expect. */
  async #advance(publication: RedisPublication, changed: ChangedEntries): Promise<void> {
    const { ring, store, version, logger } = this.#parts;
    const { revision } = publication;
    const outcome = await store.publish(publication);
    if (outcome !== 'published') throw new Error(`Redis does not hold what was published last (${outcome})`);
    const documents = this.#index.entries.size;
    logger.info({ event: 'snapshot_published', revision, documents, changed: changed.size }, 'published a revision');
    this.#published = { revision, sealKeyId: ring.primaryId, compiledBy: version };
    this.#refused = undefined;
    await rememberPublication(this.#client, this.#published, changed);
  }

  #sealProbe(): string {
    return sealSecret(this.#parts.ring, SEAL_PROBE_OWNER, PROBE_TEXT);
  }

  /** The revision before stays in force. */
  async #refuse(refused: RefusedRevision): Promise<false> {
    const { revision, inconsistency } = refused;
    this.#parts.logger.error({ event: 'snapshot_inconsistent', revision, ...inconsistency }, 'the snapshot is not published');
    this.#refused = refused;
    await rememberFailure(this.#client, revision, describeInconsistency(inconsistency));
    return false;
  }

  /** Every row as of one moment, so that no document knows more than another. */
  async #atOneMoment<Revision extends CompiledRevision>(
    compile: Compile<Revision>,
  ): Promise<Result<Revision, RefusedRevision> | undefined> {
    await this.#client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const write: WriteDocuments = (documents) =>
      this.#parts.store.writeDocuments(documents.map(({ entry, body }) => ({ hash: entry.hash, body })));
    // An inconsistent revision is not worth another look; only a later one is.
    const compiled = await compile(this.#client, this.#index.entries, this.#refused?.revision ?? -1, write);
    await this.#client.query('COMMIT');
    return compiled;
  }
}

function toHashes(entries: ChangedEntries): string[] {
  return [...entries.values()].flatMap((entry) => entry?.hash ?? []);
}
