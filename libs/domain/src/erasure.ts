import type { ChangeOf, ERASURE_DECISIONS, ErasedArtifact } from '@runledger/contracts';

export type ErasureChange = ChangeOf<typeof ERASURE_DECISIONS>;

export type Erasure = Readonly<{
  status: 'requested' | 'withdrawn' | 'approved';
  subjects: readonly string[];
  people: readonly string[];
  artifacts: readonly ErasedArtifact[];
  reference: string;
  /** Who requested it. */
  person: string;
}>;
export type Hold = Readonly<{
  /** Null: of everybody, and all artifacts. */
  subjects: readonly string[] | null;
  /** By their digests. */
  artifacts: readonly string[];
  /** All that these have logged. */
  runs: readonly string[];
  projects: readonly string[];
  reference: string;
  lifted: boolean;
}>;

/** Erasures and holds of a workspace are one stream: none of them is decided past another. */
export type Erasures = Readonly<{ erasures: ReadonlyMap<string, Erasure>; holds: ReadonlyMap<string, Hold> }>;
export const noErasures: Erasures = { erasures: new Map(), holds: new Map() };
export const ERASURES_SUBJECT = 'erasures';

const withOne = <V>(all: ReadonlyMap<string, V>, id: string, one: V): Map<string, V> => new Map(all).set(id, one);

function moved(state: Erasures, id: string, status: Erasure['status']): Erasures {
  const erasure = state.erasures.get(id);
  return erasure === undefined ? state : { ...state, erasures: withOne(state.erasures, id, { ...erasure, status }) };
}

/** Total: what was decided is never decided again. */
export function evolveErasures(state: Erasures, { type, data }: ErasureChange): Erasures {
  switch (type) {
    case 'erasure.requested': {
      const { erasure, ...rest } = data;
      return { ...state, erasures: withOne(state.erasures, erasure, { status: 'requested', ...rest }) };
    }
    case 'erasure.withdrawn':
      return moved(state, data.erasure, 'withdrawn');
    case 'subject.erased':
      return moved(state, data.erasure, 'approved');
    case 'hold.placed': {
      const { hold, subjects = null, ...of } = data;
      return { ...state, holds: withOne(state.holds, hold, { subjects, ...of, lifted: false }) };
    }
    case 'hold.lifted': {
      const hold = state.holds.get(data.hold);
      return hold === undefined
        ? state
        : { ...state, holds: withOne(state.holds, data.hold, { ...hold, lifted: true }) };
    }
    default:
      return state;
  }
}

/** The holds that stand in the way of erasing these subjects, and the bytes of these digests, which runs of these projects have. */
export const holdsOn = (
  { holds }: Erasures,
  of: Readonly<{ what: readonly string[]; runs: readonly string[]; projects: readonly string[] }>,
): string[] =>
  [...holds].flatMap(([id, hold]) => {
    if (hold.lifted) return [];
    const isOn =
      hold.subjects === null ||
      [...hold.subjects, ...hold.artifacts].some((one) => of.what.includes(one)) ||
      hold.runs.some((run) => of.runs.includes(run)) ||
      hold.projects.some((project) => of.projects.includes(project));
    return isOn ? [id] : [];
  });

/** The holds that keep what a run has logged: of all that there is, of its project, or of itself. */
export const holdsOnRun = ({ holds }: Erasures, of: Readonly<{ run: string; project: string }>): string[] =>
  [...holds].flatMap(([id, { subjects, runs, projects, lifted }]) =>
    !lifted && (subjects === null || runs.includes(of.run) || projects.includes(of.project)) ? [id] : [],
  );
