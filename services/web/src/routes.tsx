import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { ExperimentsPage } from './experiments-page';
import { ModelPage } from './model-page';
import { ModelsPage } from './models-page';
import { Empty, Failure } from './notice';
import { OperationsPage } from './operations-page';
import { RunsPage } from './runs-page';
import { Shell } from './shell';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => <Empty title="There is no such page" />,
  errorComponent: ({ error }) => <Failure error={error} retry={() => location.reload()} />,
});

const experiments = createRoute({ getParentRoute: () => root, path: '/', component: ExperimentsPage });

const runs = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experiment',
  component: function Runs() {
    return <RunsPage experiment={runs.useParams().experiment} />;
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

const operations = createRoute({ getParentRoute: () => root, path: '/operations', component: OperationsPage });

export const router = createRouter({
  routeTree: root.addChildren([experiments, runs, models, model, operations]),
  defaultPreload: false,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
