import { Anchor, Stack, Table, Text } from '@mantine/core';
import type { VersionsAnswer } from '@runledger/contracts/http';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { modelHistoryRead, modelRead, versionsRead } from '../api/registry-reads';
import { VersionComments } from '../comments/version-comments';
import { MoreWhenSeen } from '../elements/more-when-seen';
import { Empty, Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Scroll, Sheet } from '../elements/sheet';
import { TagMarks } from '../elements/tag-marks';
import { When } from '../elements/when';
import { ModelInventory } from '../governance/model-inventory';
import { lineagePath, versionNode } from '../lineage/lineage-node';
import { AliasMarks } from './alias-marks';
import { changesOf } from './model-changes';
import { VersionComparison } from './version-comparison';

type Version = VersionsAnswer['versions'][number];

const Source = ({ of }: { of: Version }) => (
  <Text span size="xs" ff="monospace">
    {of.source}
  </Text>
);

function VersionRow({ of, model }: { of: Version; model: string }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/models/${encodeURIComponent(model)}/versions/${of.version}`} size="sm">
          {of.version}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <AliasMarks aliases={of.aliases.map((alias) => ({ alias }))} />
      </Table.Td>
      <Table.Td>{of.stage}</Table.Td>
      <Table.Td>
        {of.run === null ? (
          '–'
        ) : (
          <Anchor component={Link} to={`/runs/${encodeURIComponent(of.run)}`} size="sm">
            {of.run}
          </Anchor>
        )}
      </Table.Td>
      <Table.Td>
        <Anchor component={Link} to={lineagePath(versionNode(model, of.version))} size="sm">
          Lineage
        </Anchor>
      </Table.Td>
      <Table.Td>
        <Source of={of} />
      </Table.Td>
      <Table.Td>
        <TagMarks tags={of.tags} />
      </Table.Td>
      <Table.Td>{of.createdBy}</Table.Td>
      <Table.Td>{of.createdAt !== null && <When at={of.createdAt} />}</Table.Td>
    </Table.Tr>
  );
}

function Versions({ model }: { model: string }) {
  const read = useInfiniteQuery(versionsRead(model));
  const versions = read.data?.pages.flatMap((page) => page.versions);
  const columns = ['Version', 'Aliases', 'Stage', 'From run', 'Came from', 'Source', 'Tags', 'By', 'Registered'];
  return (
    <>
      <Pending read={read} rows={3} />
      {versions?.length === 0 && <Empty title="No versions yet" />}
      {versions !== undefined && versions.length > 0 && (
        <Sheet title="Versions" columns={columns}>
          {versions.map((of) => (
            <VersionRow key={of.version} of={of} model={model} />
          ))}
        </Sheet>
      )}
      {versions !== undefined && versions.length > 1 && <VersionComparison versions={versions} />}
      {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
    </>
  );
}

function History({ model }: { model: string }) {
  const read = useInfiniteQuery(modelHistoryRead(model));
  const changes = changesOf(read.data?.pages.flatMap(({ history }) => history) ?? []);
  return (
    <>
      <Pending read={read} rows={3} />
      {read.data !== undefined && (
        <Sheet title="History" columns={['When', 'What was decided', 'By']}>
          {changes.map(({ id, at, text, actor }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <When at={at} />
              </Table.Td>
              <Table.Td>{text}</Table.Td>
              <Table.Td>{actor ?? '–'}</Table.Td>
            </Table.Tr>
          ))}
        </Sheet>
      )}
      {read.hasNextPage && <MoreWhenSeen onSeen={() => void read.fetchNextPage()} />}
    </>
  );
}

/** One registered model: what its versions came from, where its aliases point, and who decided what. */
export function ModelPage({ model }: { model: string }) {
  const read = useQuery(modelRead(model));
  const { data } = read;
  return (
    <>
      <PageHead
        title={model}
        above={[{ label: 'Models', to: '/models' }]}
        beside={<AliasMarks aliases={data?.aliases ?? []} />}
      />
      <Scroll>
        <Pending read={read} />
        {data !== undefined && (
          <>
            <Stack gap="xs" mb="md">
              {data.description !== '' && <Text size="sm">{data.description}</Text>}
              <TagMarks tags={data.tags} />
              <ModelInventory model={model} />
            </Stack>
            <Versions model={model} />
            <History model={model} />
            <VersionComments model={model} versions={data.lastVersion} />
          </>
        )}
      </Scroll>
    </>
  );
}
