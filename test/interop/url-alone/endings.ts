import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '../../support/world.ts';
import type { UrlClient, UrlClientKind, UrlSession } from './clients.ts';
import { expectSteps, use, type Trials } from './getting-in.ts';
import { BrowsingPerson } from './person.ts';
import type { Place } from './places.ts';

/** How long a call may take that leads nowhere, in milliseconds: some clients wait for the person without end. */
const HOPELESS_MS = 5_000;

/** What ends, one after the other, under a client that is connected, and what its person has to do then: that and nothing more. */
export function listTrialsOfEndings(world: World, kind: UrlClientKind, place: Place): Trials {
  let client: UrlClient;
  let person: BrowsingPerson;
  let session: UrlSession;
  const recover = async () => {
    try {
      await use(session);
    } catch {
      // Most clients are started again by their user then; some ask by themselves.
      await session.close();
      session = await client.connect(person);
      await use(session);
    }
  };
  const revokeConsent = async () => {
    await person.revoke(client.title);
    await world.addKey(); // the next revision, by which it can be waited for
    await world.enforced();
  };
  return [
    {
      name: 'upstream revoked',
      run: async () => {
        person = await BrowsingPerson.create(world);
        client = await kind.install((await place.addServer()).url);
        session = await client.connect(person);
        await use(session);
        person.takeSteps();
        place.upstream.authorizationServer.revokeGrants();
        await recover();
        expectSteps(person, ['upstream']);
      },
    },
    {
      name: 'consent revoked',
      run: async () => {
        await revokeConsent();
        await recover();
        expectSteps(person, ['consent']);
      },
    },
    {
      name: 'signed out',
      run: async () => {
        await person.signOut();
        await use(session);
        expectSteps(person, []);
        await person.authorize(`${world.gateway.issuer}/account`, ({ pathname }) => pathname === '/account');
        await revokeConsent();
        await person.signOut();
        person.takeSteps();
        await recover();
        expectSteps(person, ['sign-in', 'consent']);
      },
    },
    {
      name: 'member no more',
      run: async () => {
        await world.removePerson(person);
        await world.enforced();
        const outcome = await Promise.race([use(session).then(() => 'it can still call', () => undefined), delay(HOPELESS_MS)]); // prettier-ignore
        if (outcome !== undefined) throw new Error(outcome);
        await session.close().catch(() => undefined); // what it says to a session that is gone does not matter
        const again = await Promise.race([client.connect(person).then(() => 'it gets in again', () => undefined), delay(HOPELESS_MS)]); // prettier-ignore
        if (again !== undefined) throw new Error(again);
        const refusals = person.takeRefusals();
        if (!refusals.some((heading) => heading.startsWith('You may not use'))) throw new Error(`the person is told ${refusals.join()}`);
      },
    },
  ];
}
