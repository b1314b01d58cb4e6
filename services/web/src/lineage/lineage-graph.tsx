import type { LineageAnswer } from '@runledger/contracts/http';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import classes from './lineage.module.css';
import type { Shown } from './lineage-node';
import { BOX, type Place, type Placed, placeGraph, stepFrom } from './place-graph';

type GraphParts = Readonly<{ of: LineageAnswer; shown: ReadonlyMap<string, Shown> }>;

/** From the right of one box to the left of another. */
function curve(from: Place, to: Place): string {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  return `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
}

function Arrows({ of: { edges }, placed, active }: Pick<GraphParts, 'of'> & { placed: Placed; active: string }) {
  return (
    <svg className={classes.arrows} width={placed.width} height={placed.height} aria-hidden="true">
      {edges.map(({ kind, from, to, detail }) => {
        const [a, b] = [placed.places.get(from), placed.places.get(to)];
        if (a === undefined || b === undefined) return null;
        return (
          <path
            key={`${kind} ${from} ${to} ${detail}`}
            d={curve(a, b)}
            data-active={from === active || to === active || undefined}
          />
        );
      })}
    </svg>
  );
}

type BoxParts = Readonly<{ place: Place; thing: Shown; isHere: boolean; isActive: boolean; onActive: () => void }>;

function Box({ place, thing, isHere, isActive, onActive }: BoxParts) {
  return (
    <Link
      to={thing.to}
      className={classes.box}
      data-node={place.id}
      data-kind={thing.kind}
      aria-current={isHere ? 'true' : undefined}
      title={thing.title}
      tabIndex={isActive ? 0 : -1}
      onFocus={onActive}
      onMouseEnter={onActive}
      style={{ left: place.x, top: place.y, width: BOX.width, height: BOX.height }}
    >
      <span className={classes.kind}>{thing.kindName}</span>
      <span className={classes.name}>{thing.name}</span>
    </Link>
  );
}

/** What things came of, left to right. One stop of the tab key; arrow keys go along the arrows and along a column. */
export function LineageGraph({ of, shown }: GraphParts) {
  const placed = useMemo(() => placeGraph([...of.nodes.map(({ node }) => node)], of.edges), [of]);
  const [active, setActive] = useState(of.node);
  const frame = useRef<HTMLDivElement>(null);
  const at = placed.places.has(active) ? active : of.node;
  const boxOf = (id: string): HTMLElement | null =>
    frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`) ?? null;
  // What is asked about stands in the middle, also when the graph is larger than its frame.
  useEffect(() => {
    const [box, place] = [frame.current, placed.places.get(of.node)];
    if (box === null || place === undefined) return;
    box.scrollLeft = place.x + BOX.width / 2 - box.clientWidth / 2;
    box.scrollTop = place.y + BOX.height / 2 - box.clientHeight / 2;
  }, [placed, of.node]);
  const press = (event: KeyboardEvent): void => {
    const next = event.key === 'Home' ? of.node : stepFrom(at, event.key, placed);
    if (next === undefined) return;
    event.preventDefault();
    boxOf(next)?.focus();
  };
  return (
    <section ref={frame} className={classes.frame} aria-label="Graph, left to right" onKeyDown={press}>
      <div className={classes.sheet} style={{ width: placed.width, height: placed.height }}>
        <Arrows of={of} placed={placed} active={at} />
        {[...placed.places.values()].map((place) => {
          const thing = shown.get(place.id);
          return (
            thing !== undefined && (
              <Box
                key={place.id}
                place={place}
                thing={thing}
                isHere={place.id === of.node}
                isActive={place.id === at}
                onActive={() => setActive(place.id)}
              />
            )
          );
        })}
      </div>
    </section>
  );
}
