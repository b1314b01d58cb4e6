import { type ChartLook, FIRST_LOOK, SMOOTHINGS } from './curves-question';

const NAME = 'runledger.charts';
const AXES = ['step', 'time', 'relative-time'] as const;

/** How charts were drawn last, out of whatever is kept; what makes no sense in it counts as not chosen. */
export function readLook(text: string | null): ChartLook {
  let kept: Record<string, unknown> = {};
  try {
    kept = { ...(JSON.parse(text ?? '{}') as object) };
  } catch {
    return FIRST_LOOK;
  }
  const { method, strength } = { ...(kept['smoothing'] as object) } as { method?: unknown; strength?: unknown };
  return {
    x: AXES.find((axis) => axis === kept['x']) ?? FIRST_LOOK.x,
    smoothing: {
      method: SMOOTHINGS.find((one) => one === method) ?? FIRST_LOOK.smoothing.method,
      strength: typeof strength === 'number' && strength >= 0 && strength < 1 ? strength : 0,
    },
    logX: kept['logX'] === true,
    logY: kept['logY'] === true,
    ranks: kept['ranks'] === true,
  };
}

/** This browser's. A browser may keep nothing for a page. */
export function keptLook(): ChartLook {
  try {
    return readLook(localStorage.getItem(NAME));
  } catch {
    return FIRST_LOOK;
  }
}

export function keepLook(look: ChartLook): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(look));
  } catch {
    // Then it holds as long as the page.
  }
}
