import { expect, test } from 'vitest';
import { html } from './html.ts';

test('text is escaped in content and in attribute values', () => {
  const text = `<script>"it's" & more</script>`;
  expect(html`<p title="${text}">${text}</p>`.toString()).toBe(
    `<p title="&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;">&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;</p>`,
  );
});

test('markup passes, alone and in lists, and text in lists is escaped', () => {
  const items = ['a<b', html`<i>${'&'}</i>`];
  expect(html`<p>${items}</p>`.toString()).toBe('<p>a&lt;b<i>&amp;</i></p>');
});

test('what merely looks like markup is escaped', () => {
  const disguised = { toString: () => '<b>' } as unknown as string;
  expect(html`${disguised}`.toString()).not.toContain('<b>');
});

test('nothing is shown for what is absent, but zero is', () => {
  expect(html`[${undefined}${null}${false}${0}]`.toString()).toBe('[0]');
});
