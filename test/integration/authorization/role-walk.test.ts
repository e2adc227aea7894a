import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApiSchema } from '../../../control-plane/http/build-api-schema.ts';
import { startTestControlPlane, type OwnControlPlane } from '../../support/control-plane.ts';
import { NodeDocument } from '../../support/generated/graphql.ts';
import { probes, type Learned, type Probe } from './role-walk-probes.ts';
import { buildWalkWorld, ROLES, type Role, type WalkWorld } from './role-walk-world.ts';

let plane: OwnControlPlane;
let world: WalkWorld;

beforeAll(async () => {
  plane = await startTestControlPlane();
  world = await buildWalkWorld(plane);
});
afterAll(() => plane.stop());

const schema = buildApiSchema();
const rootFields = [...Object.keys(schema.getQueryType()!.getFields()), ...Object.keys(schema.getMutationType()!.getFields())];

function expected(probe: Probe, role: Role, isMutation: boolean): Learned {
  if (role === 'nobody') return 'unauthenticated';
  // A key that may only read is refused before anything is looked up.
  if (role === 'readOnlyManager' && isMutation) return 'forbidden';
  if (probe.done.includes(role)) return 'done';
  return probe.forbidden?.includes(role) === true ? 'forbidden' : probe.rest;
}

async function learn(field: string, probe: Probe, role: Role, variables: object): Promise<Learned> {
  const { data, errors } = await plane.send<Record<string, unknown>>(world.keys[role], probe.query, variables);
  const code = errors[0]?.extensions.code;
  if (code === 'UNAUTHENTICATED') return 'unauthenticated';
  if (code === 'FORBIDDEN') return 'forbidden';
  if (code !== undefined) throw new Error(`${field} as ${role}: ${JSON.stringify(errors)}`);
  const answer = data?.[field];
  if (answer === null || answer === undefined) return 'hidden';
  if (probe.isServed !== undefined) return probe.isServed(answer, world, variables) ? 'done' : 'hidden';
  const [fault] = (answer as { userErrors?: { code: string }[] }).userErrors ?? [];
  if (fault?.code === 'NOT_FOUND') return 'hidden';
  if (fault !== undefined) throw new Error(`${field} as ${role}: ${fault.code}`);
  const { deletedId } = answer as { deletedId?: string };
  return deletedId !== undefined && (await exists(deletedId)) ? 'hidden' : 'done';
}

/** Deleting what a caller does not see succeeds like deleting what is gone; the thing itself must still be there. */
async function exists(id: string): Promise<boolean> {
  return (await plane.run(plane.adminKey, NodeDocument, { id })).node != null;
}

describe('every root field, by every kind of caller', () => {
  it('has a probe', () => {
    expect(Object.keys(probes).sort()).toEqual(rootFields.sort());
  });

  it.each(Object.keys(probes))('%s', async (field) => {
    const probe = probes[field]!;
    const isMutation = field in schema.getMutationType()!.getFields();
    // Who only reads or is refused leaves what they ask for as it is: it does for all of them.
    const untouched = await probe.variables(world);
    const walk = async (role: Role): Promise<readonly [Role, Learned]> => {
      const isDone = isMutation && expected(probe, role, isMutation) === 'done';
      return [role, await learn(field, probe, role, isDone ? await probe.variables(world) : untouched)];
    };
    const learned = await Promise.all(ROLES.map(walk));
    const wanted = ROLES.map((role) => [role, expected(probe, role, isMutation)] as const);
    expect(Object.fromEntries(learned)).toEqual(Object.fromEntries(wanted));
  });
});
