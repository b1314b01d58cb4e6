import type uPlot from 'uplot';
import type { AlignedCurve, AlignedCurves } from './align-curves';

/** Where a run was taken up again, or goes on from another: a place on the axis, and what happened there. */
export type PlaceMark = Readonly<{ at: number; kind: 'restart' | 'fork'; words: string }>;

const MARK_PX = 5;
const BEST_PX = 4;

function drawCross(ctx: CanvasRenderingContext2D, x: number, top: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x - size / 2, top);
  ctx.lineTo(x + size / 2, top + size);
  ctx.moveTo(x + size / 2, top);
  ctx.lineTo(x - size / 2, top + size);
  ctx.stroke();
}

function drawTriangle(ctx: CanvasRenderingContext2D, x: number, [tip, base]: [number, number], size: number): void {
  ctx.beginPath();
  ctx.moveTo(x, tip);
  ctx.lineTo(x - size / 2, base);
  ctx.lineTo(x + size / 2, base);
  ctx.fill();
}

/** Triangles on the edge of the chart where values were not finite: up for +Inf, down for -Inf, a cross for NaN. */
export function drawOdd(plot: uPlot, { curves }: AlignedCurves, colourOf: (at: number) => string): void {
  const { ctx, bbox } = plot;
  const size = MARK_PX * devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  for (const [at, { odd }] of curves.entries()) {
    ctx.strokeStyle = colourOf(at);
    ctx.fillStyle = colourOf(at);
    for (const { at: place, what } of odd) {
      const x = plot.valToPos(place, 'x', true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      const top = what === '-Inf' ? bbox.top + bbox.height - size : bbox.top;
      if (what === 'NaN') drawCross(ctx, x, top, size);
      else drawTriangle(ctx, x, what === '+Inf' ? [top, top + size] : [top + size, top], size);
    }
  }
  ctx.restore();
}

/** Broken lines from top to bottom, dots for a restart and dashes for a fork. */
export function drawPlaces(plot: uPlot, marks: readonly PlaceMark[], ink: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.lineWidth = devicePixelRatio;
  for (const { at, kind } of marks) {
    const x = Math.round(plot.valToPos(at, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash((kind === 'restart' ? [2, 3] : [7, 4]).map((dash) => dash * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** The place of the least or greatest value of a line; null where there is none. */
export function bestOf({ line }: AlignedCurve, goal: 'min' | 'max'): number | null {
  let best: number | null = null;
  for (const [at, value] of line.entries()) {
    if (typeof value !== 'number') continue;
    const held = best === null ? null : (line[best] ?? null);
    if (held === null || (goal === 'min' ? value < held : value > held)) best = at;
  }
  return best;
}

/** A ring around the best value of each curve. */
export function drawBest(
  plot: uPlot,
  { x, curves }: AlignedCurves,
  look: Readonly<{ goal: 'min' | 'max'; colourOf: (at: number) => string; ground: string }>,
): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.fillStyle = look.ground;
  for (const [at, curve] of curves.entries()) {
    const best = bestOf(curve, look.goal);
    const value = best === null ? null : curve.line[best];
    if (best === null || typeof value !== 'number') continue;
    const [px, py] = [plot.valToPos(x[best] ?? 0, 'x', true), plot.valToPos(value, 'y', true)];
    if (px < bbox.left || px > bbox.left + bbox.width) continue;
    ctx.strokeStyle = look.colourOf(at);
    ctx.beginPath();
    ctx.arc(px, py, BEST_PX * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}
