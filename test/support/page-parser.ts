// Reads the few kinds of markup that our pages and the pages of test upstreams are made of.

export interface PageField {
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  /** Whether it is sent as it is: not a box that is not checked. */
  readonly isSent: boolean;
}

export interface PageButton {
  readonly label: string;
  readonly name: string | undefined;
  readonly value: string;
}

export interface PageForm {
  readonly action: string;
  readonly method: 'GET' | 'POST';
  readonly fields: readonly PageField[];
  readonly buttons: readonly PageButton[];
  /** What can be read in the form and in the list item it stands in. */
  readonly around: string;
}

export interface ParsedPage {
  readonly heading: string;
  readonly text: string;
  readonly forms: readonly PageForm[];
  readonly links: readonly { readonly label: string; readonly href: string }[];
}

type Attributes = Readonly<Record<string, string>>;

export function parsePage(markup: string): ParsedPage {
  const labels = new Map(findElements(markup, 'label').map(({ attributes, inner }) => [attributes['for'] ?? '', toText(inner)]));
  const items = findElements(markup, 'li');
  return {
    heading: toText(findElements(markup, 'h1')[0]?.inner ?? ''),
    text: toText(/<body[^>]*>([^]*)<\/body>/i.exec(markup)?.[1] ?? markup),
    forms: findElements(markup, 'form').map(({ attributes, inner }) => ({
      action: attributes['action'] ?? '',
      method: (attributes['method'] ?? 'get').toLowerCase() === 'post' ? 'POST' : 'GET',
      fields: findFields(inner, labels),
      buttons: findButtons(inner),
      around: toText(items.find((item) => item.inner.includes(inner))?.inner ?? inner),
    })),
    links: findElements(markup, 'a').map(({ attributes, inner }) => ({ label: toText(inner), href: attributes['href'] ?? '' })),
  };
}

function findFields(inner: string, labels: ReadonlyMap<string, string>): PageField[] {
  const inputs = [...inner.matchAll(/<input\b([^>]*)>/gi)].map(([, text = '']) => parseAttributes(text));
  const selects = findElements(inner, 'select').map(({ attributes, inner: options }) => {
    const chosen = /<option\b([^>]*\bselected\b[^>]*)>/i.exec(options) ?? /<option\b([^>]*)>/i.exec(options);
    return { ...attributes, value: parseAttributes(chosen?.[1] ?? '')['value'] ?? '' };
  });
  return [...inputs, ...selects]
    .filter((attributes: Attributes) => attributes['name'] !== undefined && attributes['type'] !== 'submit')
    .map((attributes: Attributes) => ({
      name: attributes['name']!,
      label: labels.get(attributes['id'] ?? '') ?? '',
      placeholder: attributes['placeholder'] ?? '',
      value: attributes['value'] ?? (attributes['type'] === 'checkbox' ? 'on' : ''),
      isSent: !['checkbox', 'radio'].includes(attributes['type'] ?? '') || attributes['checked'] !== undefined,
    }));
}

function findButtons(inner: string): PageButton[] {
  const buttons = findElements(inner, 'button').map(({ attributes, inner: label }) => ({ attributes, label: toText(label) }));
  const submits = [...inner.matchAll(/<input\b([^>]*type="submit"[^>]*)>/gi)].map(([, text = '']) => {
    const attributes = parseAttributes(text);
    return { attributes, label: attributes['value'] ?? '' };
  });
  return [...buttons, ...submits].map(({ attributes, label }) => ({ label, name: attributes['name'], value: attributes['value'] ?? '' }));
}

function findElements(markup: string, tag: string): { attributes: Attributes; inner: string }[] {
  return [...markup.matchAll(new RegExp(`<${tag}\\b([^>]*)>([^]*?)</${tag}>`, 'gi'))].map(([, text = '', inner = '']) => ({
    attributes: parseAttributes(text),
    inner,
  }));
}

function parseAttributes(text: string): Attributes {
  return Object.fromEntries(
    [...text.matchAll(/([a-z][a-z0-9-]*)(?:\s*=\s*"([^"]*)")?/gi)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      unescape(value),
    ]),
  );
}

function toText(markup: string): string {
  return unescape(markup.replace(/<(style|script)\b[^]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", nbsp: ' ' };

function unescape(text: string): string {
  return text.replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name.toLowerCase()] ?? entity);
}
