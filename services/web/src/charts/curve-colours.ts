const CURVE_COLOURS = [
  '#4263eb',
  '#e8590c',
  '#2f9e44',
  '#c2255c',
  '#0c8599',
  '#9c36b5',
  '#b08800',
  '#5c7cfa',
  '#d6336c',
  '#087f5b',
] as const;
export const colourOf = (at: number): string => CURVE_COLOURS[at % CURVE_COLOURS.length] ?? CURVE_COLOURS[0];

/** The same colour, less opaque. */
export const shade = (colour: string, alpha: number): string =>
  colour +
  Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0');
