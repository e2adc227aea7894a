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
    // What is said about a field stands below it, so that fields side by side are level.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
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
    '--sluice-field-line': 'var(--mantine-color-gray-6)',
    '--sluice-track': 'var(--mantine-color-gray-6)',
    '--sluice-head': 'var(--mantine-color-gray-0)',
    '--sluice-empty-bar': 'var(--mantine-color-gray-2)',
    '--sluice-removed': '#ffe3e3',
    '--sluice-removed-text': '#7a1414',
    '--sluice-added': '#d3f9d8',
    '--sluice-added-text': '#14502a',
    ...Object.fromEntries(COLORS.flatMap(toLightText)),
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--mantine-color-anchor': 'var(--mantine-color-indigo-3)',
    '--mantine-color-red-filled': 'var(--mantine-color-red-9)',
    '--mantine-color-gray-light': 'var(--mantine-color-dark-4)',
    '--sluice-field-line': 'var(--mantine-color-dark-2)',
    '--sluice-track': 'var(--mantine-color-dark-3)',
    '--sluice-head': 'var(--mantine-color-dark-6)',
    '--sluice-empty-bar': 'var(--mantine-color-dark-6)',
    '--sluice-removed': '#4a1d1d',
    '--sluice-removed-text': '#ffc9c9',
    '--sluice-added': '#17381f',
    '--sluice-added-text': '#b2f2bb',
    ...Object.fromEntries(COLORS.flatMap(toDarkText)),
  },
});
