import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../foundation/secret.ts';
import { SecretReferences } from './secret-references.ts';

let directory: string;
let references: SecretReferences;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sluice-secrets-'));
  for (const slug of ['acme', 'rival']) {
    await mkdir(path.join(directory, slug));
    await writeFile(path.join(directory, slug, 'github'), `${slug}-secret\n`);
  }
  await symlink(path.join(directory, 'rival', 'github'), path.join(directory, 'acme', 'link'));
  await writeFile(path.join(directory, 'acme', 'large'), 'x'.repeat(70_000));
  const variables = new Map(
    ['SLUICE_SECRET_ACME__GITHUB', 'SLUICE_SECRET_ACME__B__KEY', 'SLUICE_SECRET_RIVAL__GITHUB'].map((name) => [name, new Secret(name)]),
  );
  references = new SecretReferences({ variables, directory });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function resolve(text: string, slug = 'acme'): Promise<string | undefined> {
  const resolved = await references.resolve(new Secret(text), slug);
  return resolved.ok ? resolved.value.reveal() : undefined;
}

describe('a reference', () => {
  it('is the secret itself where it refers to nothing', async () => {
    expect(await resolve('plain')).toBe('plain');
  });

  it("finds the organization's variable", async () => {
    expect(await resolve('env:SLUICE_SECRET_ACME__GITHUB')).toBe('SLUICE_SECRET_ACME__GITHUB');
    expect(await resolve('env:SLUICE_SECRET_ACME__B__KEY', 'acme--b')).toBe('SLUICE_SECRET_ACME__B__KEY');
  });

  it.each([
    'SLUICE_SECRET_RIVAL__GITHUB',
    'SLUICE_SECRET_ACME__B__KEY',
    'DATABASE_URL',
    'SLUICE_ENCRYPTION_KEYS',
    'SLUICE_SECRET_ACME__NONE',
    '',
  ])('does not find %s for it', async (name) => {
    expect(await resolve(`env:${name}`)).toBeUndefined();
  });

  it("finds the organization's file, without the line's end", async () => {
    expect(await resolve('file:github')).toBe('acme-secret');
    expect(await resolve(`file:${path.join(directory, 'acme', 'github')}`)).toBe('acme-secret');
  });

  it.each(['../rival/github', '/etc/passwd', 'link', 'missing', '.', '', 'large'])('does not find the file %j for it', async (name) => {
    expect(await resolve(`file:${name}`)).toBeUndefined();
  });

  it('finds no file where the operator gave no folder', async () => {
    const none = new SecretReferences({ variables: new Map(), directory: undefined });
    expect(await none.resolve(new Secret('file:github'), 'acme')).toMatchObject({
      ok: false,
      error: expect.stringContaining('SLUICE_SECRETS_DIR') as unknown,
    });
  });
});
