import { importJWK, importPKCS8, type JWK } from 'jose';
import { z } from 'zod';
import { err, ok, type Result } from '../../foundation/result.ts';
import { checkInput } from '../api/check-input.ts';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { clientIdRule, scopesRule } from '../mcp-servers/index.ts';

const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
const MAX_KEY_LENGTH = 16_384;
const REFERENCE = /^(env|file):/;

const rules = z.object({
  clientCredentials: z
    .object({
      clientId: clientIdRule,
      clientSecret: z
        .string()
        .regex(/^[\x20-\x7e]{1,4096}$/, 'A secret has 1 to 4,096 visible ASCII characters.')
        .nullish(),
      privateKey: z
        .string()
        .min(1, 'A private key is not empty.')
        .max(MAX_KEY_LENGTH, `A private key has at most ${MAX_KEY_LENGTH} characters.`)
        .nullish(),
      algorithm: z.enum(ALGORITHMS, `The algorithm is one of ${ALGORITHMS.join(', ')}.`),
      scopes: scopesRule.nullish(),
      resource: z.string().min(1, 'A resource is not empty.').max(2_048, 'A resource has at most 2,048 characters.').nullish(),
    })
    .refine(
      ({ clientSecret, privateKey }) => (clientSecret == null) !== (privateKey == null),
      'A client has either a secret or a private key.',
    ),
});

/** A client as it can be stored. */
export type CheckedClient = z.infer<typeof rules>['clientCredentials'];

/** @param mayRefer whether the caller may use what the operator put under the organization's name. */
export async function checkClient(
  input: { readonly clientCredentials?: object | null },
  mayRefer: boolean,
): Promise<Result<CheckedClient, readonly UserError[]>> {
  const checked = checkInput(rules, { clientCredentials: input.clientCredentials ?? undefined });
  if (!checked.ok) return checked;
  const { clientCredentials: client } = checked.value;
  for (const name of ['clientSecret', 'privateKey'] as const) {
    const text = client[name];
    if (text == null) continue;
    if (REFERENCE.test(text) && !mayRefer)
      return fault(name, 'Only owners and administrators of the organization may refer to secrets of the operator.');
    if (name === 'privateKey' && !REFERENCE.test(text) && !(await isKey(text, client.algorithm)))
      return fault(name, 'This is not a private key in PEM (PKCS #8) or JWK that fits the algorithm.');
  }
  return ok(client);
}

function fault(name: string, message: string): Result<never, readonly UserError[]> {
  return err([{ code: UserErrorCode.INVALID, message, field: ['input', 'clientCredentials', name] }]);
}

async function isKey(text: string, algorithm: string): Promise<boolean> {
  try {
    if (!text.startsWith('{')) return (await importPKCS8(text, algorithm)).type === 'private';
    const key = await importJWK(JSON.parse(text) as JWK, algorithm);
    return !(key instanceof Uint8Array) && key.type === 'private';
  } catch {
    return false; // why would repeat parts of the key
  }
}
