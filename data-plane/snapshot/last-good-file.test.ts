import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LastGoodFile } from './last-good-file.ts';

const manifest = { format: 1, revision: 7, sealProbe: 's1.k.x', documents: { 'server:a': 'one', 'server:b': 'two' } };
const bodies = new Map([
  ['one', Buffer.from('{"name":"é"}')],
  ['two', Buffer.from('{}')],
]);

describe('the last-good file', () => {
  let root: string;
  let file: LastGoodFile;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-last-good-'));
    file = new LastGoodFile(join(root, 'state', 'data-plane'), 'default');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('gives back what was written', async () => {
    await file.write(manifest, bodies);
    const saved = await file.read();
    if (!saved.ok || saved.value === undefined) throw new Error('The file is not readable.');
    expect(saved.value.revision).toBe(7);
    expect(await saved.value.readBodies(['one', 'two'])).toEqual(new Map([['one', '{"name":"é"}'], ['two', '{}']])); // prettier-ignore
  });

  it('is for its owner only, and leaves nothing else behind', async () => {
    await file.write(manifest, bodies);
    await file.write({ ...manifest, revision: 8 }, bodies);
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(root, 'state', 'data-plane'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(root, 'state', 'data-plane'))).toEqual(['default.last-good']);
  });

  it('is for its owner only, also where an older one was not', async () => {
    await file.write(manifest, bodies);
    await chmod(file.path, 0o644);
    await file.write({ ...manifest, revision: 8 }, bodies);
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
  });

  it('is left as it was, with nothing beside it, when writing fails', async () => {
    await file.write(manifest, bodies);
    const unwritable = new Map([['one', { length: 5 } as Buffer]]);
    await expect(file.write({ ...manifest, revision: 8 }, unwritable)).rejects.toThrow();
    const saved = await file.read();
    expect(saved.ok && saved.value?.revision).toBe(7);
    expect(await readdir(join(root, 'state', 'data-plane'))).toEqual(['default.last-good']);
  });

  it('is not there before the first', async () => {
    expect(await file.read()).toEqual({ ok: true, value: undefined });
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, -20)],
    ['cut to its first line', (bytes: Buffer) => bytes.subarray(0, bytes.indexOf('\n') + 1)],
    ['empty', () => Buffer.alloc(0)],
    ['changed in one bit', (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => (index === bytes.length - 70 ? byte ^ 1 : byte)))],
    ['something else', () => Buffer.from('hello\nworld\n'.repeat(20))],
  ])('is damaged when it is %s', async (_, damage) => {
    await file.write(manifest, bodies);
    await writeFile(file.path, damage(await readFile(file.path)));
    expect(await file.read()).toEqual({ ok: false, error: { reason: 'damaged' } });
  });

  it('is left alone when a newer version wrote it', async () => {
    await mkdir(join(root, 'state', 'data-plane'), { recursive: true });
    await writeFile(file.path, 'sluice-last-good 2\nwhatever comes next');
    expect(await file.read()).toEqual({ ok: false, error: { reason: 'format_unknown', format: 2 } });
  });

  it('is of no use to another gateway', async () => {
    await file.write(manifest, bodies);
    const other = new LastGoodFile(join(root, 'state', 'data-plane'), 'other');
    await writeFile(other.path, await readFile(file.path));
    expect(await other.read()).toEqual({ ok: false, error: { reason: 'other_gateway', gateway: 'default' } });
  });

  it('says so when it cannot be read', async () => {
    await mkdir(file.path, { recursive: true });
    expect(await file.read()).toEqual({ ok: false, error: { reason: 'not_readable', code: 'EISDIR' } });
  });

  it('holds more than is written at a time', async () => {
    const large = new Map(Array.from({ length: 300 }, (_, index) => [`h${index}`, Buffer.alloc(10_000, index)]));
    await file.write(manifest, large);
    const saved = await file.read();
    expect(saved.ok && saved.value?.findBody('h299')).toEqual(Buffer.alloc(10_000, 299));
  });
});
