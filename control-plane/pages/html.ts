// Trust boundary: everything a page shows that was not written in its template. Text is escaped for element content and for quoted
// attribute values; it is not made safe for style sheets, scripts or unquoted attributes, which no template here has.

/** Markup that was built by {@link html} and is therefore not escaped again. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What a template may contain: text is escaped, markup passes, nothing is shown for what is absent. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A template of markup in which every value is escaped unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts = strings.map((text, position) => (position === 0 ? text : toMarkup(values[position - 1]) + text));
  return new Html(parts.join(''));
}

function toMarkup(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(toMarkup).join('');
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}
