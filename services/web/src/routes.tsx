import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { ExperimentsPage } from './experiments-page';
import { Empty, Failure } from './notice';
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

export const router = createRouter({
  routeTree: root.addChildren([experiments, runs]),
  defaultPreload: false,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
