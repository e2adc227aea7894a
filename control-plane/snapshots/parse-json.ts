/** Undefined where the text is not JSON, so that a schema can refuse it like any other wrong value. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema says what was expected; the syntax error would add nothing
  }
}
