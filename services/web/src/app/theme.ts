import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, Tooltip } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eef2ff',
  '#dfe6fd',
  '#bccbfa',
  '#96adf6',
  '#7590f2',
  '#5d7def',
  '#4a6be6',
  '#3b5bdb',
  '#324fc0',
  '#2a42a3',
];
const dark: MantineColorsTuple = [
  '#d5d8e0',
  '#b4b9c6',
  '#8b92a3',
  '#5d6475',
  '#3a4050',
  '#2b303d',
  '#20242f',
  '#171a23',
  '#12151c',
  '#0d0f15',
];

export const theme = createTheme({
  primaryColor: 'ink',
  // White on it stays readable: at least 4.5 to 1.
  primaryShade: { light: 7, dark: 6 },
  colors: { ink, dark },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  // Outside of every landmark a screen reader would not say where a tooltip belongs.
  components: { Tooltip: Tooltip.extend({ defaultProps: { withinPortal: false } }) },
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1.0625rem' } } },
});

/** Secondary text stays readable: at least 4.5 to 1 on every surface that we have. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#596174',
    '--mantine-color-placeholder': '#667085',
    '--rl-surface': '#ffffff',
    '--rl-ground': '#f7f8fb',
    '--rl-line': '#e3e6ee',
    '--rl-hover': '#f0f3fb',
    '--rl-chosen': '#e8edfd',
  },
  dark: {
    '--mantine-color-dimmed': '#a3aabb',
    '--mantine-color-placeholder': '#9299ab',
    '--rl-surface': '#171a23',
    '--rl-ground': '#12151c',
    '--rl-line': '#2b303d',
    '--rl-hover': '#20242f',
    '--rl-chosen': '#232c4a',
  },
});
