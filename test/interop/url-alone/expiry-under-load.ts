import type { World } from '../../support/world.ts';
import type { UrlClientKind } from './clients.ts';
import { use } from './getting-in.ts';
import { BrowsingPerson } from './person.ts';
import { startPlace } from './places.ts';

/** Of the upstream's access tokens. */
const LIFETIME_SECONDS = 3;
const LOAD_MS = 9_000;
/** Calls under way at any moment, in as many sessions. */
const SESSIONS = 6;

/** What came of it. */
export interface LoadOutcome {
  readonly calls: number;
  readonly failures: ReadonlySet<string>;
  /** Requests for a further token that the upstream granted, and that it refused. */
  readonly refreshes: number;
  readonly refused: number;
}

/** Calls without a pause, over both data planes, while the upstream's tokens end every few seconds and no refresh token is good twice. */
export async function loadWhileTokensExpire(world: World, kind: UrlClientKind): Promise<LoadOutcome> {
  const place = await startPlace(
    world,
    { name: 'short-lived', granularity: 'USER', roles: {}, later: [] },
    { accessTokenSeconds: LIFETIME_SECONDS },
  );
  try {
    const { url } = await place.addServer();
    const [person, client] = [await BrowsingPerson.create(world), await kind.install(url)];
    const sessions = [await client.connect(person)];
    while (sessions.length < SESSIONS) sessions.push(await client.connect(person));
    const failures = new Set<string>();
    let calls = 0;
    const endMs = Date.now() + LOAD_MS;
    const before = place.upstream.authorizationServer.tokenRequests.length;
    const load = sessions.map(async (session) => {
      for (; Date.now() < endMs; calls += 1) await use(session).catch((cause: unknown) => failures.add(String(cause)));
    });
    await Promise.all(load);
    const requests = place.upstream.authorizationServer.tokenRequests.slice(before);
    const refreshes = requests.filter(({ status }) => status === 200).length;
    await Promise.all(sessions.map((session) => session.close()));
    return { calls, failures, refreshes, refused: requests.length - refreshes };
  } finally {
    await place.upstream.close();
  }
}
