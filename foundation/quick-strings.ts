/** Reads until V8 watches what is read: it does not for code that runs a few times only. */
const READS = 10_000;

/**
 * Makes the methods of strings quick to find again. V8 keeps the properties of a prototype in a table that is quick to change until it has
 * seen one be used through an object; `class X extends String` anywhere, and there is one in the client of Redis, starts that anew for
 * `String.prototype`. Strings themselves are no objects, so without this each `text.slice` and `text.charCodeAt`, in compiled code too,
 * searches that table for as long as the process lives. To be called once all modules are loaded.
 */
export function makeStringsQuick(): void {
  const object = Object.create(String.prototype) as object;
  for (let i = 0; i < READS; i++) readMethod(object);
}

function readMethod(object: object): unknown {
  return (object as { readonly charCodeAt?: unknown }).charCodeAt;
}
