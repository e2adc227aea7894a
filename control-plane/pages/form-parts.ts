import { html, type Html } from './html.ts';

/** A line of text that a person enters. */
export interface TextField {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'password';
  readonly value?: string;
  /** Tells password managers what belongs here (HTML, section "Autofill"). */
  readonly autocomplete?: string;
  readonly hint?: string;
  /** Why what was entered cannot be used. The first field that has one gets the focus. */
  readonly fault?: string;
  readonly isFocused?: boolean;
}

/** A labelled field with its hint and its fault, which screen readers read with it. */
export function renderField({ name, label, type = 'text', value, autocomplete, hint, fault, isFocused }: TextField): Html {
  const described = [hint === undefined ? [] : [`${name}-hint`], fault === undefined ? [] : [`${name}-fault`]].flat().join(' ');
  return html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" required${value !== undefined && html` value="${value}"`}${
    autocomplete !== undefined && html` autocomplete="${autocomplete}"`
  }${described !== '' && html` aria-describedby="${described}"`}${fault !== undefined && html` aria-invalid="true"`}${
    (isFocused === true || fault !== undefined) && html` autofocus`
  }>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${fault !== undefined && html`<p class="fault" id="${name}-fault">${fault}</p>`}
</div>`;
}

/** The outcome of what the person did, read aloud when the page appears. */
export function renderNotice(kind: 'error' | 'success', message: string): Html {
  return html`<p class="notice ${kind}" role="${kind === 'error' ? 'alert' : 'status'}">${message}</p>`;
}

/** A value that the form carries along without showing it. */
export function renderHidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}
