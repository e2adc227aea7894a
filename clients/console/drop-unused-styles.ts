/** A class of the component library: one component sets it and nothing else does. */
const LIBRARY_CLASS = /\.(m_[0-9a-f]+)/g;

/** Blocks that hold rules. Others, such as key frames, stay as they are. */
const HOLDS_RULES = /^@(media|supports|container)\b/;

/**
 * The style sheet without what can apply to nothing: the library's sheet has the styles of every component, and only those that some script
 * names can come to be on the page.
 */
export function dropUnusedStyles(css: string, scripts: string): string {
  let kept = '';
  for (let at = 0; at < css.length;) {
    const end = findBlockEnd(css, at);
    kept += keepStatement(css.slice(at, end), scripts);
    at = end;
  }
  return kept;
}

function keepStatement(statement: string, scripts: string): string {
  const opens = statement.indexOf('{');
  const head = statement.slice(0, Math.max(opens, 0)).trim();
  if (opens < 0) return statement;
  const body = statement.slice(opens + 1, -1);
  if (HOLDS_RULES.test(head)) {
    const rules = dropUnusedStyles(body, scripts);
    return rules === '' ? '' : `${head}{${rules}}`;
  }
  if (head.startsWith('@')) return statement;
  const selectors = splitSelectors(head).filter((selector) => canMatch(selector, scripts));
  return selectors.length === 0 ? '' : `${selectors.join(',')}{${body}}`;
}

/** What stands in parentheses, as in `:not(…)`, is no condition that has to hold. */
function canMatch(selector: string, scripts: string): boolean {
  let outside = selector;
  for (let inner = ''; inner !== outside;) [inner, outside] = [outside, outside.replace(/\([^()]*\)/g, '')];
  return [...outside.matchAll(LIBRARY_CLASS)].every(([, name]) => scripts.includes(name!));
}

function splitSelectors(head: string): string[] {
  const selectors = [''];
  let depth = 0;
  for (const sign of head) {
    if (sign === '(' || sign === '[') depth++;
    if (sign === ')' || sign === ']') depth--;
    if (sign === ',' && depth === 0) selectors.push('');
    else selectors[selectors.length - 1] += sign;
  }
  return selectors;
}

/** Where the statement that begins here ends: after its block, or after its semicolon. */
function findBlockEnd(css: string, start: number): number {
  let depth = 0;
  for (let at = start; at < css.length; at++) {
    const sign = css[at];
    if (sign === '"' || sign === "'") at = findStringEnd(css, at);
    else if (sign === '{') depth++;
    else if (sign === '}' && --depth === 0) return at + 1;
    else if (sign === ';' && depth === 0) return at + 1;
  }
  return css.length;
}

function findStringEnd(css: string, start: number): number {
  let at = start + 1;
  while (at < css.length && css[at] !== css[start]) at += css[at] === '\\' ? 2 : 1;
  return at;
}
