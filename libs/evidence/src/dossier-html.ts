import type { LeafBody } from './leaf-row';
import type { RunSummary } from './run-summary';
import type { EvidenceScope, Manifest } from './statement';

/** One leaf as a line of the page. */
export type DossierChange = Readonly<{ index: number; leaf: LeafBody; what: string }>;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const html = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => ESCAPES[c] ?? c);

export type Rows = ReadonlyArray<readonly string[]>;

export function table(heads: readonly string[], rows: Rows, left = 0): string {
  if (rows.length === 0) return '';
  const head = heads.map((name) => `<th scope="col">${html(name)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${html(cell)}</td>`).join('')}</tr>`).join('\n');
  const more = left === 0 ? '' : `<p class="more">${left} more are in the leaves, and not on this page.</p>`;
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>${more}`;
}

const facts = (pairs: Rows): string =>
  pairs.length === 0
    ? ''
    : `<table class="facts"><tbody>\n${pairs
        .map(([name = '', value = '']) => `<tr><th scope="row">${html(name)}</th><td>${html(value)}</td></tr>`)
        .join('\n')}\n</tbody></table>`;

export const part = (title: string, body: string): string => (body === '' ? '' : `<h3>${html(title)}</h3>\n${body}\n`);

function titleOf(scope: EvidenceScope): string {
  switch (scope.kind) {
    case 'run':
      return `run ${scope.run}`;
    case 'model':
      return `model ${scope.model}${scope.version === null ? '' : `, version ${scope.version}`}`;
    case 'project':
      return `project ${scope.project}`;
    case 'time':
      return `what was recorded from ${scope.from} to ${scope.to}`;
    default:
      return scope satisfies never;
  }
}

function completeOf({ complete }: Manifest): string {
  switch (complete.kind) {
    case 'streams':
      return Object.entries(complete.streams)
        .map(([stream, leaves]) => `all ${leaves} leaves of ${stream}`)
        .join(', ');
    case 'project':
      return `all ${complete.leaves} leaves that are numbered in project ${complete.project}`;
    case 'range':
      return `all leaves from ${complete.first} up to and without ${complete.end}`;
    default:
      return complete satisfies never;
  }
}

const artifactsOf = ({ included, absent, erased = [], expired = [] }: Manifest['artifacts']): string =>
  included ? `all but ${absent.length - erased.length - expired.length} that the store does not have` : 'left out';

/** What the bundle is of, under which checkpoint, and how to check it. */
export function scopeSection(manifest: Manifest): string {
  const { origin, size, root, leaves, messages, points, artifacts, madeAt, madeFor } = manifest;
  const rows: Rows = [
    ['log', origin],
    ['checkpoint', `${size} leaves, root ${root}`],
    ['it has', completeOf(manifest)],
    ['in numbers', `${leaves} leaves, ${messages} messages, ${points} points`],
    ['artifacts', artifactsOf(artifacts)],
    ...(artifacts.erased ?? []).map(({ digest, erasure, at }): Rows[number] => [
      'erased',
      `${digest}, on ${at.slice(0, 10)} by erasure ${erasure}; its leaf proves that it existed`,
    ]),
    ...(artifacts.expired ?? []).map(({ digest, event, at }): Rows[number] => [
      'expired',
      `${digest}, on ${at.slice(0, 10)} as decided by event ${event}; its leaf proves that it existed`,
    ]),
    ['made', `${madeAt} for ${madeFor}`],
  ];
  return `<section>
${facts(rows)}
<p>This page is made of the leaves, payloads and messages beside it. It proves nothing by itself: check the bundle, with the
verifier key of the log from a place that you trust, and not from here (README.txt says how). The log proves that the record was
not changed after it was accepted, and that nothing was removed; it cannot prove that a client told the truth.</p>
</section>`;
}

const numberOf = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** What is told of one run: what, who, with what data and code, and with what results. `objectives` is a part of its own. */
export function runSection(run: string, summary: RunSummary, objectives: string): string {
  const { about, params, tags, inputs, artifacts, metrics, code, environment } = summary;
  const measured = [...metrics.items].map(([key, end]) => [
    key,
    String(end.points),
    String(end.step),
    ...[end.last, end.min, end.max].map(numberOf),
  ]);
  const valuesOf = (shown: typeof inputs): Rows =>
    [...shown.items.values()].map((pairs) => pairs.map(([, value]) => value));
  return `<section>
<h2>Run ${html(run)}</h2>
${facts([...about])}
${part('Params', table(['param', 'value'], [...params.items], params.left))}${part(
  'Results',
  table(['metric', 'points', 'greatest step', 'value there', 'least', 'greatest'], measured, metrics.left),
)}${objectives}${part('Data', table(['name', 'digest', 'used for', 'source'], valuesOf(inputs), inputs.left))}${part(
  'Code',
  facts([...code]),
)}${part('Environment', facts([...environment]))}${part(
  'Artifacts',
  table(['path', 'bytes', 'digest'], valuesOf(artifacts), artifacts.left),
)}${part('Tags', table(['tag', 'value'], [...tags.items], tags.left))}</section>`;
}

/** Every leaf in the order of the log: who recorded what, and when. */
export function changesTable(changes: readonly DossierChange[], left: number): string {
  const rows = changes.map(({ index, leaf, what }) => [
    String(index),
    leaf.recorded,
    leaf.actor ?? '',
    leaf.stream,
    leaf.type,
    what,
  ]);
  return `<section class="changes">
<h2>Every change, in the order of the log</h2>
${table(['leaf', 'recorded', 'by', 'of', 'event', 'what'], rows, left)}
</section>`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;color:#1a1a1a;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.5rem;border-bottom:1px solid #bbb}h3{font-size:1rem;margin-bottom:.3rem}
table{border-collapse:collapse;width:100%;font-size:.85rem}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;
border-bottom:1px solid #ddd;overflow-wrap:anywhere}.facts th{width:12rem;font-weight:600}.more{font-style:italic}
@media print{body{font-size:10pt;max-width:none;margin:0}thead{display:table-header-group}tr{break-inside:avoid}h2,h3{break-after:avoid}
.changes{break-before:page}@page{margin:15mm}}`;

/** A page that needs nothing beside it. */
export function page({ scope }: Manifest, sections: readonly string[]): string {
  const title = html(`Evidence: ${titleOf(scope)}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>${title}</h1>
${sections.join('\n')}
</body>
</html>
`;
}
