import { Empty } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Lineage } from './lineage';
import { type NodeKind, shownOf } from './lineage-node';

const NO_NAMES: ReadonlyMap<string, string> = new Map();
const KINDS: readonly NodeKind[] = ['run', 'dataset', 'logged-model', 'version', 'artifact', 'external'];

/** Anything that things are made of: which runs and versions use a dataset, where the bytes of a file came from. */
export function LineagePage({ node }: { node: string | undefined }) {
  const kind = KINDS.find((one) => node?.startsWith(`${one}:`));
  if (node === undefined || kind === undefined)
    return (
      <>
        <PageHead title="Lineage" />
        <Empty title="Choose something on the page of a run or a model" />
      </>
    );
  const { name, kindName } = shownOf(node, kind, NO_NAMES);
  return (
    <>
      <PageHead title={`Lineage of ${kindName.toLowerCase()} ${name}`} above={[{ label: 'Models', to: '/models' }]} />
      <Lineage key={node} node={node} />
    </>
  );
}
