import { readFileSync } from 'node:fs';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isScalarType,
  lexicographicSortSchema,
  printSchema,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { ID_PREFIXES } from '../../control-plane/api/ids.ts';
import { ACTIONS } from '../../control-plane/authorization/index.ts';
import { buildApiSchema } from '../../control-plane/http/build-api-schema.ts';

const text = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(text);
const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !type.name.startsWith('__'));
const ownTypes = types.filter((type) => !(isScalarType(type) && ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name)));
const queries = Object.values(schema.getQueryType()!.getFields());
const mutations = Object.values(schema.getMutationType()!.getFields());
const subscriptions = Object.values(schema.getSubscriptionType()!.getFields());

function fieldsOf(type: GraphQLNamedType): GraphQLField<unknown, unknown>[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
}

function pascal(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

describe('schema.graphql', () => {
  it('is what the resolvers emit', () => {
    const emitted = printSchema(lexicographicSortSchema(buildApiSchema()));
    expect(text.slice(text.indexOf('"""')).trim(), 'run `npm run schema` and commit the file').toBe(
      emitted.slice(emitted.indexOf('"""')).trim(),
    );
  });

  it('describes every type, field, argument and enum value', () => {
    const bare: string[] = [];
    const check = (path: string, description: string | null | undefined) => {
      if (description == null || description.trim().length < 8) bare.push(path);
    };
    for (const type of ownTypes) {
      if (![schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type as GraphQLObjectType))
        check(type.name, type.description);
      for (const field of fieldsOf(type)) {
        check(`${type.name}.${field.name}`, field.description);
        for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg.description);
      }
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field.description);
      if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value.description);
    }
    expect(bare).toEqual([]);
    expect(ownTypes.length).toBeGreaterThan(60);
  });

  it('names every payload and input after its mutation, and never shares one', () => {
    const payloads = mutations.map((mutation) => {
      expect(isNonNullType(mutation.type), mutation.name).toBe(true);
      expect(String(mutation.type)).toBe(`${pascal(mutation.name)}Payload!`);
      const input = mutation.args.find((arg) => arg.name === 'input');
      if (input !== undefined) expect(String(input.type)).toBe(`${pascal(mutation.name)}Input!`);
      return String(mutation.type);
    });
    expect(new Set(payloads).size).toBe(mutations.length);
    expect(mutations.length).toBeGreaterThan(25);
  });

  it('gives every payload userErrors and the revision that carries the change', () => {
    for (const mutation of mutations) {
      const fields = (schema.getType(`${pascal(mutation.name)}Payload`) as GraphQLObjectType).getFields();
      expect(String(fields['userErrors']?.type), mutation.name).toBe('[UserError!]!');
      expect(String(fields['snapshotRevision']?.type), mutation.name).toBe('Int');
    }
  });

  it('makes creation idempotent by key, and changes conditional on a version', () => {
    for (const mutation of mutations) {
      const args = mutation.args.map((arg) => arg.name);
      if (/(Create|Add)$/.test(mutation.name)) expect(args, mutation.name).toContain('idempotencyKey');
      if (/(Update|Delete|Enable|Disable|Revoke)$/.test(mutation.name))
        expect(args, mutation.name).toEqual(expect.arrayContaining(['id', 'expectedVersion']));
    }
  });

  it('pages every connection by first and after, with nodes beside edges', () => {
    let seen = 0;
    for (const type of ownTypes) {
      for (const field of fieldsOf(type)) {
        const named = String(field.type).replaceAll(/[[\]!]/g, '');
        if (!named.endsWith('Connection') || named === 'Connection') continue; // a stored credential, not a page
        seen++;
        expect(
          field.args.map((arg) => arg.name),
          `${type.name}.${field.name}`,
        ).toEqual(expect.arrayContaining(['after', 'first']));
        const connection = schema.getType(named) as GraphQLObjectType;
        expect(Object.keys(connection.getFields()).sort()).toEqual(['edges', 'nodes', 'pageInfo']);
      }
    }
    expect(seen).toBeGreaterThan(6);
  });

  it('has no untyped JSON, and no list without a bound that its description names', () => {
    expect(types.map((type) => type.name)).not.toContain('JSON');
    const unbounded: string[] = [];
    for (const type of ownTypes) {
      for (const field of fieldsOf(type)) {
        const isPagePart = /.Connection$/.test(type.name);
        if (!String(field.type).startsWith('[') || isPagePart || field.name === 'userErrors') continue;
        if (!/at most|one per|where in|every live|bound/i.test(field.description ?? '')) unbounded.push(`${type.name}.${field.name}`);
      }
    }
    expect(unbounded).toEqual([]);
  });

  it('reads every kind of object by id, by its natural key and by node', () => {
    for (const type of Object.keys(ID_PREFIXES)) {
      const interfaces = (schema.getType(type) as GraphQLObjectType | undefined)?.getInterfaces().map(String);
      expect(interfaces, type).toContain('Node');
    }
    const names = queries.map((query) => query.name);
    expect(names).toEqual(
      expect.arrayContaining([
        'node',
        'organization',
        'organizationBySlug',
        'user',
        'userByEmail',
        'workspace',
        'workspaceBySlug',
        'mcpServer',
        'mcpServerBySlug',
        'accessGrant',
        'accessGrantByServer',
        'connection',
        'connectionBySubject',
        'apiKey',
      ]),
    );
  });

  it('never gives a secret back', () => {
    const suspicious = ownTypes.flatMap((type) =>
      fieldsOf(type)
        .filter(
          (field) =>
            /secret|password|token|(?<!ex)plain|sealed|hash$/i.test(field.name) &&
            !/^has|Fingerprint$|UpdatedAt$|^tokenEndpoint(AuthMethod)?$/.test(field.name),
        )
        .map((field) => `${type.name}.${field.name}`),
    );
    // Shown once, when the key is made.
    expect(suspicious).toEqual(['ApiKeyCreatePayload.plainKey']);
  });

  it('declares an action for every root field', () => {
    const built = buildApiSchema();
    const types = [built.getQueryType()!, built.getMutationType()!, built.getSubscriptionType()!];
    const roots = types.flatMap((type) => Object.values(type.getFields()));
    for (const field of roots) {
      const action: unknown = field.extensions['action'];
      expect(Object.keys(ACTIONS), field.name).toContain(action);
      const isMutation = built.getMutationType()!.getFields()[field.name] === field;
      expect(ACTIONS[action as keyof typeof ACTIONS].writes, field.name).toBe(isMutation);
    }
    expect(roots.length).toBe(queries.length + mutations.length + subscriptions.length);
  });
});
