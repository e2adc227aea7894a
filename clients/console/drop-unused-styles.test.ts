import { expect, test } from 'vitest';
import { dropUnusedStyles } from './drop-unused-styles.ts';

const SCRIPTS = 'const classes = { root: "m_aa", label: "m_ab" };';

test.each([
  ['.m_aa{color:red}.m_ff{color:blue}', '.m_aa{color:red}'],
  ['.m_ff,.m_aa:hover,:where([data-x]) .m_fe{top:0}', '.m_aa:hover{top:0}'],
  ['@media (width>1px){.m_ff{top:0}}@media print{.m_aa{top:0}.m_ff{top:0}}', '@media print{.m_aa{top:0}}'],
  ['.m_aa:not(.m_ff):is(a,.m_fe:not(.m_fd)){top:0}', '.m_aa:not(.m_ff):is(a,.m_fe:not(.m_fd)){top:0}'],
  ['.m_aa .m_ff{top:0}.m_ff .m_aa{top:0}', ''],
  ['.m_ab:after{content:"}.m_ff{"}.m_ff:after{content:"\\"}"}a{top:0}', '.m_ab:after{content:"}.m_ff{"}a{top:0}'],
  [':root{--a:1}.own_ff{top:0}@keyframes m_ff{0%{top:0}to{top:1px}}', ':root{--a:1}.own_ff{top:0}@keyframes m_ff{0%{top:0}to{top:1px}}'],
  ['@charset "utf-8";@import "a;b";.m_ff{top:0}', '@charset "utf-8";@import "a;b";'],
])('%s', (css, kept) => {
  expect(dropUnusedStyles(css, SCRIPTS)).toBe(kept);
});
