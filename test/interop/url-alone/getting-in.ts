import type { World } from '../../support/world.ts';
import type { UrlClient, UrlClientKind, UrlSession } from './clients.ts';
import { BrowsingPerson, type Step } from './person.ts';
import type { Place } from './places.ts';

/** What the fixture's tool answers. */
export const TOOL = 'test_simple_text';
const ANSWER = 'This is a simple text response';

/** Pages of a person who comes for the first time and is not signed in. */
const FIRST_STEPS: readonly Step[] = ['sign-in', 'consent', 'upstream'];

/** Checks by name; one that fails throws. */
export type Trials = readonly { readonly name: string; run: () => Promise<void> }[];

/** A person with nothing but a URL; then the client's token ends; then somebody else of the workspace comes with the same kind of client. */
export function listTrialsOfGettingIn(world: World, kind: UrlClientKind, place: Place): Trials {
  let client: UrlClient;
  let person: BrowsingPerson;
  let url: string;
  return [
    {
      name: 'gets in',
      run: async () => {
        person = await BrowsingPerson.create(world, place.roles);
        ({ url } = await place.addServer());
        client = await kind.install(url);
        await useOnce(client, person);
        expectSteps(person, FIRST_STEPS);
        expectAccount(place, person);
      },
    },
    {
      name: 'stays in',
      run: async () => {
        client.forgetAccessToken?.();
        await useOnce(client, person);
        expectSteps(person, []);
      },
    },
    {
      name: 'a colleague',
      run: async () => {
        const colleague = await BrowsingPerson.create(world);
        await useOnce(await kind.install(url), colleague);
        expectSteps(colleague, ['sign-in', ...place.later]);
        expectAccount(place, place.granularity === 'USER' ? colleague : person);
      },
    },
  ];
}

/** The tool is called in a session of its own. */
export async function useOnce(client: UrlClient, person: BrowsingPerson): Promise<void> {
  const session = await client.connect(person);
  await use(session).finally(() => session.close());
}

export async function use(session: UrlSession): Promise<void> {
  const answer = await session.callTool(TOOL);
  if (!answer.includes(ANSWER)) throw new Error(`the tool answers ${answer.slice(0, 300)}`);
}

export function expectSteps(person: BrowsingPerson, wanted: readonly Step[]): void {
  const done = person.takeSteps();
  if (done.join() !== wanted.join()) throw new Error(`the person had to do [${done.join(', ')}], expected is [${wanted.join(', ')}]`);
}

function expectAccount({ upstream }: Place, { account }: BrowsingPerson): void {
  const used = upstream.requests.findLast((request) => request.account !== undefined)?.account;
  if (used !== account) throw new Error(`the upstream was used as ${used}, not as ${account}`);
}
