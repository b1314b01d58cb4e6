import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { type CompareState, readCompareState, writeCompareState } from '../compare/compare-state';
import { Empty, Failure } from '../elements/notice';
import { ExperimentsPage } from '../experiments/experiments-page';
import { RUN_TABS, type RunTab } from '../run/run-tabs';
import { readAhead } from '../runs/read-ahead';
import { RunsPage } from '../runs/runs-page';
import { readTableState, type TableState, writeTableState } from '../runs/table-state';
import { queries } from './queries';
import { Shell } from './shell';
import { readTerminalQuestion } from './terminal-question';

// Pages that nobody needs before the first tables.
const RunPage = lazyRouteComponent(() => import('../run/run-page'), 'RunPage');
const BoardPage = lazyRouteComponent(() => import('../boards/board-page'), 'BoardPage');
const BoardsPage = lazyRouteComponent(() => import('../boards/boards-page'), 'BoardsPage');
const ComparePage = lazyRouteComponent(() => import('../compare/compare-page'), 'ComparePage');
const InventoryPage = lazyRouteComponent(() => import('../governance/inventory-page'), 'InventoryPage');
const VersionPage = lazyRouteComponent(() => import('../governance/version-page'), 'VersionPage');
const LedgerPage = lazyRouteComponent(() => import('../ledger/ledger-page'), 'LedgerPage');
const LineagePage = lazyRouteComponent(() => import('../lineage/lineage-page'), 'LineagePage');
const ModelPage = lazyRouteComponent(() => import('../models/model-page'), 'ModelPage');
const ModelsPage = lazyRouteComponent(() => import('../models/models-page'), 'ModelsPage');
const TerminalPage = lazyRouteComponent(() => import('./terminal-page'), 'TerminalPage');
const RetentionPage = lazyRouteComponent(() => import('../retention/retention-page'), 'RetentionPage');
const OperationsPage = lazyRouteComponent(() => import('../operations/operations-page'), 'OperationsPage');

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => <Empty title="There is no such page" />,
  errorComponent: ({ error }) => <Failure error={error} retry={() => location.reload()} />,
});

const experiments = createRoute({ getParentRoute: () => root, path: '/', component: ExperimentsPage });

const runs = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experiment',
  validateSearch: (search) => writeTableState(readTableState(search)),
  // Before the page is drawn. The table reads on by itself when its state changes.
  loader: ({ params, location }) => readAhead(queries, params.experiment, readTableState(location.search)),
  component: function Runs() {
    const { experiment } = runs.useParams();
    const search = runs.useSearch();
    const navigate = runs.useNavigate();
    const state = useMemo(() => readTableState(search), [search]);
    const onState = useCallback(
      (change: Partial<TableState>) =>
        void navigate({
          search: (now) => writeTableState({ ...readTableState(now), ...change }),
          replace: change.filter === undefined,
        }),
      [navigate],
    );
    return <RunsPage key={experiment} experiment={experiment} state={state} onState={onState} />;
  },
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run',
  validateSearch: ({ tab }: Record<string, unknown>): { tab?: RunTab } => {
    const known = RUN_TABS.find((one) => one === tab);
    return known === undefined ? {} : { tab: known };
  },
  component: function Run() {
    const { run: id } = run.useParams();
    const { tab = 'charts' } = run.useSearch();
    const navigate = run.useNavigate();
    return <RunPage key={id} run={id} tab={tab} onTab={(next) => void navigate({ search: { tab: next } })} />;
  },
});

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: (search: Record<string, unknown>) => writeCompareState(readCompareState(search)),
  component: function Compare() {
    const search = compare.useSearch();
    const navigate = compare.useNavigate();
    const state = useMemo(() => readCompareState(search), [search]);
    const onState = useCallback(
      (change: Partial<CompareState>) =>
        void navigate({
          search: (now) => writeCompareState({ ...readCompareState(now), ...change }),
          replace: change.tab === undefined,
        }),
      [navigate],
    );
    return <ComparePage state={state} onState={onState} />;
  },
});

const models = createRoute({ getParentRoute: () => root, path: '/models', component: ModelsPage });

const model = createRoute({
  getParentRoute: () => root,
  path: '/models/$model',
  component: function Model() {
    return <ModelPage model={model.useParams().model} />;
  },
});

const boards = createRoute({ getParentRoute: () => root, path: '/boards', component: BoardsPage });

const board = createRoute({
  getParentRoute: () => root,
  path: '/boards/$board',
  validateSearch: ({ number }: Record<string, unknown>): { number?: number } =>
    typeof number === 'number' && Number.isInteger(number) && number > 0 ? { number } : {},
  component: function Board() {
    const { board: id } = board.useParams();
    const { number = null } = board.useSearch();
    return <BoardPage key={`${id} ${number}`} board={id} number={number} />;
  },
});

const lineage = createRoute({
  getParentRoute: () => root,
  path: '/lineage',
  validateSearch: ({ node }: Record<string, unknown>): { node?: string } => (typeof node === 'string' ? { node } : {}),
  component: function Lineage() {
    return <LineagePage node={lineage.useSearch().node} />;
  },
});

const version = createRoute({
  getParentRoute: () => root,
  path: '/models/$model/versions/$version',
  component: function Version() {
    const { model: of, version: number } = version.useParams();
    return <VersionPage key={`${of}/${number}`} model={of} version={Number(number)} />;
  },
});

const inventory = createRoute({ getParentRoute: () => root, path: '/inventory', component: InventoryPage });

const ledger = createRoute({
  getParentRoute: () => root,
  path: '/ledger',
  validateSearch: ({ event }: Record<string, unknown>): { event?: string } =>
    typeof event === 'string' ? { event } : {},
  component: function Ledger() {
    const { event = null } = ledger.useSearch();
    return <LedgerPage key={event} event={event} />;
  },
});

const operations = createRoute({ getParentRoute: () => root, path: '/operations', component: OperationsPage });

const retention = createRoute({
  getParentRoute: () => root,
  path: '/retention',
  validateSearch: ({ project }: Record<string, unknown>): { project?: string } =>
    typeof project === 'string' ? { project } : {},
  component: function Retention() {
    const { project } = retention.useSearch();
    const navigate = retention.useNavigate();
    return <RetentionPage project={project} onProject={(next) => void navigate({ search: { project: next } })} />;
  },
});

const terminal = createRoute({
  getParentRoute: () => root,
  path: '/terminal',
  component: function Terminal() {
    return <TerminalPage question={readTerminalQuestion(terminal.useSearch())} />;
  },
});

export const router = createRouter({
  routeTree: root.addChildren([
    experiments,
    runs,
    run,
    compare,
    models,
    model,
    version,
    inventory,
    boards,
    board,
    lineage,
    ledger,
    operations,
    retention,
    terminal,
  ]),
  defaultPreload: false,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
