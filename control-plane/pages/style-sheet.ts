import { createHash } from 'node:crypto';
import { LOGO_URL } from './logo.ts';

/** The look of every page: one column that fits a phone, the colors of the reader's system, and a focus that can be seen. */
export const STYLE_SHEET = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --ground: #f4f6f8; --paper: #fff; --line: #d0d7de; --accent: #0b57b7; --on-accent: #fff; --bad: #b3261e; --good: #1a6b34; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9da7b3; --ground: #0d1014; --paper: #14181d; --line: #3a424c; --accent: #7db3ff; --on-accent: #0b1a2e; --bad: #ff9a92; --good: #7fd99a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main { max-width: 34rem; margin: 0 auto; padding: 1rem; }
header { color: var(--soft); font-weight: 600; padding-bottom: 0; }
header::before { content: ''; display: inline-block; width: 1.6rem; height: 1.6rem; margin-right: .5rem; background: url("${LOGO_URL}") center / contain no-repeat; vertical-align: -.4em; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
a { color: var(--accent); }
form { margin: 1rem 0; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
.field { margin-bottom: 1rem; }
.hint { color: var(--soft); font-size: .9rem; margin: .25rem 0; }
.fault { color: var(--bad); margin: .25rem 0; }
input:not([type=checkbox], [type=radio]), select { width: 100%; font: inherit; color: inherit; background: transparent; padding: .6rem .7rem; border: 1px solid var(--soft); border-radius: .4rem; }
select option { color: CanvasText; background: Canvas; }
input[aria-invalid=true] { border-color: var(--bad); }
button, .button { display: inline-block; font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.1rem; border: 1px solid var(--accent); border-radius: .4rem; background: var(--accent); color: var(--on-accent); text-decoration: none; cursor: pointer; }
button.quiet, .button.quiet { background: transparent; color: var(--accent); }
button.danger { background: transparent; border-color: var(--bad); color: var(--bad); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.notice { border: 1px solid var(--line); border-left: .3rem solid var(--accent); border-radius: .4rem; padding: .6rem .8rem; margin: 1rem 0; }
.notice.error { border-left-color: var(--bad); }
.notice.success { border-left-color: var(--good); }
ul.items { list-style: none; padding: 0; }
ul.items > li { border-top: 1px solid var(--line); padding: 1rem 0; }
ul.items h2 { margin: 0 0 .25rem; }
ul.items p { margin: .25rem 0 .75rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; }
.actions form { margin: 0; }
@media (min-width: 40rem) {
  body { background: var(--ground); padding-top: 1.5rem; }
  main { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; margin: .75rem auto 3rem; padding: 1.25rem 2rem 1.5rem; }
}
`;

/** The style sheet as a source of a content security policy: exactly this one is applied, whatever else gets into a page. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE_SHEET).digest('base64')}'`;
