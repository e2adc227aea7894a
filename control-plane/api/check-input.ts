import { z } from 'zod';
import { err, ok, type Result } from '../../foundation/result.ts';
import { UserErrorCode, type UserError } from './user-error.ts';

/** Checks an input by its rules and reports all faults together, each with its path in the arguments. */
export function checkInput<Schema extends z.ZodType>(schema: Schema, input: unknown): Result<z.infer<Schema>, readonly UserError[]> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return ok(parsed.data);
  return err(
    parsed.error.issues.map((issue) => ({
      code: UserErrorCode.INVALID,
      message: issue.message,
      field: ['input', ...issue.path.map(String)],
    })),
  );
}

/** A slug: one segment of a URL, in lowercase. It names a thing for good. */
export const slugRule = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'A slug has 1 to 63 lowercase letters, digits and hyphens, and neither starts nor ends with a hyphen.',
  );

/** A name that people read. */
export const nameRule = z
  .string()
  .refine((name) => name.trim() !== '' && name.length <= 120, 'A name has 1 to 120 characters.')
  .refine((name) => !/\p{Cc}/u.test(name), 'A name has no control characters.');

/** An e-mail address. */
export const emailRule = z.email('This is not an e-mail address.').max(254, 'An e-mail address has at most 254 characters.');
