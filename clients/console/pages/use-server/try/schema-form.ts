/** How one argument of a tool is asked for. */
export interface ArgumentField {
  readonly name: string;
  readonly label: string;
  readonly description: string | undefined;
  readonly isRequired: boolean;
  readonly kind: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';
  /** For a choice: the values, as JSON. */
  readonly choices: readonly string[];
  /** What the field shows first. */
  readonly initial: string;
}

/** What was entered, as text; an empty one is not sent. */
export type EnteredArguments = Readonly<Record<string, string>>;

/** Arguments that can be sent, or what is wrong with single ones. */
export type ParsedArguments =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly faults: Readonly<Record<string, ArgumentFault>> };
export type ArgumentFault = 'needed' | 'number' | 'integer' | 'json';

/** The fields of a form for the arguments of a tool. Whatever is not a plain value is asked for as JSON. */
export function toFields(inputSchema: unknown): ArgumentField[] {
  const schema = toObject(inputSchema);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(toObject(schema['properties'])).map(([name, property]) =>
    toField(name, toObject(property), required.includes(name)),
  );
}

function toField(name: string, property: Record<string, unknown>, isRequired: boolean): ArgumentField {
  const choices = Array.isArray(property['enum']) ? property['enum'].map((value) => JSON.stringify(value)) : [];
  const kind = choices.length > 0 ? 'choice' : findKind(property['type']);
  return {
    name,
    label: typeof property['title'] === 'string' ? property['title'] : name,
    description: typeof property['description'] === 'string' ? property['description'] : undefined,
    isRequired,
    kind,
    choices,
    initial: toInitial(kind, property['default']),
  };
}

function findKind(type: unknown): ArgumentField['kind'] {
  const known = (Array.isArray(type) ? type : [type]).filter((each) => each !== 'null');
  if (known.length !== 1) return 'json';
  switch (known[0]) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
    case 'boolean':
      return known[0];
    default:
      return 'json';
  }
}

function toInitial(kind: ArgumentField['kind'], value: unknown): string {
  if (value === undefined) return '';
  return kind === 'text' && typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was entered as the arguments of a call. */
export function parseArguments(fields: readonly ArgumentField[], entered: EnteredArguments): ParsedArguments {
  const value: Record<string, unknown> = {};
  const faults: Record<string, ArgumentFault> = {};
  for (const field of fields) {
    const text = entered[field.name] ?? '';
    if (text === '') {
      if (field.isRequired && field.kind === 'text') value[field.name] = '';
      else if (field.isRequired) faults[field.name] = 'needed';
      continue;
    }
    const parsed = field.kind === 'text' ? text : parseJson(text);
    const fault = findFault(field.kind, parsed);
    if (fault === undefined) value[field.name] = parsed;
    else faults[field.name] = fault;
  }
  return Object.keys(faults).length === 0 ? { ok: true, value } : { ok: false, faults };
}

function findFault(kind: ArgumentField['kind'], parsed: unknown): ArgumentFault | undefined {
  if (kind === 'number' && typeof parsed !== 'number') return 'number';
  if (kind === 'integer' && !Number.isInteger(parsed)) return 'integer';
  return parsed === undefined ? 'json' : undefined;
}

/** Undefined where it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
