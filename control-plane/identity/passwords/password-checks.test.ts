import { expect, test } from 'vitest';
import { PasswordChecks } from './password-checks.ts';

test('a flood is refused beyond what can wait, and what waits is answered', async () => {
  const checks = new PasswordChecks();
  const answers = await Promise.all(Array.from({ length: 40 }, () => checks.check('guess', undefined)));
  expect(answers.filter((answer) => answer.ok)).toHaveLength(34);
  expect(answers.filter((answer) => !answer.ok)).toHaveLength(6);
  expect(await checks.check('guess', undefined)).toEqual({ ok: true, value: false });
});

test('nobody has the password of the decoy', async () => {
  expect(await new PasswordChecks().check('', undefined)).toEqual({ ok: true, value: false });
});

test('a hash it made is of its password', async () => {
  const checks = new PasswordChecks();
  const hash = await checks.hash('correct horse battery');
  expect(await checks.check('correct horse battery', hash.ok ? hash.value : undefined)).toEqual({ ok: true, value: true });
});
