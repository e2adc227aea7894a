import { createTheme, DEFAULT_THEME, type CSSVariablesResolver } from '@mantine/core';

/** The look of the console. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true }, multiline: true } },
  },
});

const COLORS = Object.keys(DEFAULT_THEME.colors).filter((name) => name !== 'dark');

/** The variables that color text and lines in a variant. */
const TEXT_ROLES = ['light-color', 'outline', 'text'];

function toLightText(name: string): [string, string][] {
  return TEXT_ROLES.map((role) => [`--mantine-color-${name}-${role}`, `color-mix(in srgb, var(--mantine-color-${name}-9) 70%, black)`]);
}

function toDarkText(name: string): [string, string][] {
  return TEXT_ROLES.map((role) => [`--mantine-color-${name}-${role}`, `var(--mantine-color-${name}-2)`]);
}

/** Colors that keep the contrast of WCAG 2.2: text (1.4.3), and the lines of fields that are operated (1.4.11). Some of the library's own do not. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-anchor': 'var(--mantine-color-indigo-8)',
    '--mantine-color-red-filled': 'var(--mantine-color-red-9)',
    '--mantine-color-red-filled-hover': 'var(--mantine-color-red-8)',
    ...Object.fromEntries(COLORS.flatMap(toLightText)),
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--mantine-color-anchor': 'var(--mantine-color-indigo-3)',
    '--mantine-color-red-filled': 'var(--mantine-color-red-9)',
    '--mantine-color-gray-light': 'var(--mantine-color-dark-4)',
    ...Object.fromEntries(COLORS.flatMap(toDarkText)),
  },
});
