import { z } from 'zod';

/** The environment cannot be used. The process prints the message, which names every fault at once, and exits with 78 (EX_CONFIG). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The exit code of a process that refuses its configuration (sysexits.h EX_CONFIG): restarting it unchanged cannot help. */
export const CONFIG_EXIT_CODE = 78;

/**
 * Checks the environment against a schema whose keys are the variable names. An empty value counts as not set.
 * @throws {ConfigError} naming every unusable variable.
 */
export function readConfig<Schema extends z.ZodObject>(schema: Schema, env: NodeJS.ProcessEnv): Readonly<z.infer<Schema>> {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in schema.shape && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.map((issue) => `  ${toFault(issue.path.join('.'), issue.message)}`);
  throw new ConfigError(`The environment is not usable:\n${faults.join('\n')}`);
}

/** Parsers of {@link parsedVariable} name the variable themselves. */
function toFault(variable: string, message: string): string {
  return message.startsWith(variable) ? message : `${variable}: ${message}`;
}

/** A variable read by a parser that throws {@link ConfigError}, so that its fault is reported together with all the others. */
export function parsedVariable<Value>(parse: (text: string) => Value) {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (cause) {
      if (!(cause instanceof ConfigError)) throw cause;
      context.addIssue({ code: 'custom', message: cause.message });
      return z.NEVER;
    }
  });
}

/** A whole number between two bounds, written in decimal digits only: `8o80` and `1e3` are refused, not guessed at. */
export function integerVariable(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,12}$/, `must be a whole number between ${min} and ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number between ${min} and ${max}`);
}

/** A TCP port. 0 lets the operating system choose. */
export const portVariable = integerVariable(0, 65_535);

/** A public base URL, kept without its trailing slash. Never derived from a `Host` header. */
export const baseUrlVariable = z
  .url({ protocol: /^https?$/, error: 'must be an absolute http(s) URL' })
  .transform((value) => value.replace(/\/+$/, ''));
