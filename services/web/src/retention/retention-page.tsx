import { Button, Group, NativeSelect, Table, Text } from '@mantine/core';
import type { HoldsAnswer, RetentionAnswer } from '@runledger/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay, useWhole } from '../api/me';
import { formatCount, formatTime } from '../elements/format';
import { Pending } from '../elements/notice';
import { PageHead } from '../elements/page-head';
import { Scroll, Sheet } from '../elements/sheet';
import { useTimeZone } from '../elements/time-zone';
import { When } from '../elements/when';
import { counted } from './counted';
import { ExpiredList } from './expired-list';
import { ProofCell } from './proof-cell';
import { DeletersDialog, KeptDialog } from './retention-dialogs';
import { holdsRead, type Kept, projectsRead, retentionRead } from './retention-reads';
import { DELETERS, daysSaid, KINDS, lastSaid, NAMES, type Named, policySaid } from './said';

type Terms = RetentionAnswer[Named] | RetentionAnswer['deleters'];

/** What is about to go, or cannot. */
function taking(of: RetentionAnswer, what: Named): string {
  if (what !== 'lock') return of[what].due === 0 ? 'nothing' : `something of ${counted(of[what].due, 'run')}`;
  const { files, open } = of.lock;
  const locked = files === 0 ? [] : [`${formatCount(files)} locked`];
  return [...locked, ...(open === 0 ? [] : [`${formatCount(open)} still to be locked`])].join(', ');
}

function Later({ next, said }: { next: Terms['next']; said: string }) {
  const zone = useTimeZone();
  return next === null ? null : `${said}, from ${formatTime(Date.parse(next.from), zone)}`;
}

const heldNow = ({ points, artifacts, lock }: RetentionAnswer): Kept => ({
  points: points.held?.days ?? null,
  artifacts: artifacts.held?.days ?? null,
  lock: lock.held?.days ?? null,
});

function WhatHolds({ of }: { of: RetentionAnswer }) {
  const { deleters } = of;
  const [now, was] = [heldNow(of), lastSaid(of)];
  const nowDeletes = deleters.held?.deleters ?? 'editors';
  return (
    <Sheet title="What holds" columns={['What', 'Now', 'Later', 'That takes']}>
      {KINDS.map((what) => (
        <Table.Tr key={what}>
          <Table.Td>{NAMES[what]}</Table.Td>
          <Table.Td>{daysSaid(what, now[what])}</Table.Td>
          <Table.Td>
            <Later next={of[what].next} said={daysSaid(what, was[what])} />
          </Table.Td>
          <Table.Td>{taking(of, what)}</Table.Td>
        </Table.Tr>
      ))}
      <Table.Tr>
        <Table.Td>Who may delete</Table.Td>
        <Table.Td>{DELETERS[nowDeletes]}</Table.Td>
        <Table.Td>
          <Later next={deleters.next} said={DELETERS[deleters.next?.deleters ?? nowDeletes]} />
        </Table.Td>
        <Table.Td>{deleters.you ? 'you may' : 'you may not'}</Table.Td>
      </Table.Tr>
    </Sheet>
  );
}

/** What may be said here, by those who may change the project. */
function Sayings({ of }: { of: RetentionAnswer }) {
  const [open, setOpen] = useState<'kept' | 'taken back' | 'deleters' | null>(null);
  const { project, deleters } = of;
  const form = { project, was: lastSaid(of), onClose: (): void => setOpen(null) };
  const said = (deleters.next ?? deleters.held)?.deleters ?? 'editors';
  return (
    <Group gap="xs" mb="lg">
      <Button size="compact-sm" variant="default" onClick={() => setOpen('kept')}>
        Keep for so long …
      </Button>
      {KINDS.some((what) => of[what].next !== null) && (
        <Button size="compact-sm" variant="default" onClick={() => setOpen('taken back')}>
          Keep as it is now …
        </Button>
      )}
      <Button size="compact-sm" variant="default" onClick={() => setOpen('deleters')}>
        Who may delete …
      </Button>
      {open === 'kept' && <KeptDialog {...form} title="How long it is kept" kept={form.was} />}
      {open === 'taken back' && <KeptDialog {...form} title="Keep as it is now" kept={heldNow(of)} />}
      {open === 'deleters' && (
        <DeletersDialog project={project} title="Deletions" deleters={said} onClose={form.onClose} />
      )}
    </Group>
  );
}

type Hold = HoldsAnswer['holds'][number];

const heldBy = ({ subjects, runs: of, projects, artifacts }: Hold): string => {
  if (subjects === null) return 'everything';
  const parts = [
    ...projects.map((project) => `project ${project}`),
    ...of.map((run) => `run ${run}`),
    ...(artifacts === 0 ? [] : [`${formatCount(artifacts)} artifacts`]),
    ...(subjects === 0 ? [] : ['what is said of somebody']),
  ];
  return parts.join(', ');
};

/** Holds keep what they are of, whatever a policy says. Told to admins. */
function Holds({ project }: { project: string }) {
  const { data } = useQuery(holdsRead());
  const inForce = (data?.holds ?? []).filter(
    ({ status, subjects, projects, runs: of }) =>
      status === 'in-force' && (subjects === null || projects.includes(project) || of.length > 0),
  );
  const note = (
    <Text size="sm" c="dimmed" mb="xs">
      {inForce.length === 0 ? 'None keeps anything here. ' : 'They keep what they are of, whatever is said above. '}
      <code>runledger holds place</code> and <code>runledger holds lift</code> change that.
    </Text>
  );
  return (
    <Sheet title="Holds" columns={['Hold', 'Keeps', 'Grounds']} note={note}>
      {inForce.map((hold) => (
        <Table.Tr key={hold.hold}>
          <Table.Td>{hold.hold}</Table.Td>
          <Table.Td>{heldBy(hold)}</Table.Td>
          <Table.Td>{hold.reference}</Table.Td>
        </Table.Tr>
      ))}
    </Sheet>
  );
}

function Policies({ policies }: Pick<RetentionAnswer, 'policies'>) {
  const note = policies.length === 0 && (
    <Text size="sm" c="dimmed">
      Nobody has said anything yet: everything is kept for ever, and whoever may write may delete.
    </Text>
  );
  return (
    <Sheet title="Who said so" columns={['When', 'By', 'What', 'Grounds', 'In the ledger']} note={note}>
      {policies.toReversed().map(({ policy, event, by, at, reference, said }) => (
        <Table.Tr key={policy}>
          <Table.Td>
            <When at={at} />
          </Table.Td>
          <Table.Td>{by}</Table.Td>
          <Table.Td>{policySaid(said)}</Table.Td>
          <Table.Td>{reference}</Table.Td>
          <ProofCell event={event} />
        </Table.Tr>
      ))}
    </Sheet>
  );
}

function Of({ project }: { project: string }) {
  const read = useQuery(retentionRead(project));
  const may = useMay('projects:write', project);
  const isAdmin = useWhole('admin');
  return (
    <>
      <Pending read={read} />
      {read.data !== undefined && (
        <>
          <WhatHolds of={read.data} />
          {may && <Sayings of={read.data} />}
          {isAdmin && <Holds project={project} />}
          <Policies policies={read.data.policies} />
          <ExpiredList project={project} />
        </>
      )}
    </>
  );
}

/** How long a project keeps what its runs have logged, who may delete in it, and by whose order. Without a project, of the default one, or the first in reach. */
export function RetentionPage({
  project,
  onProject,
}: {
  project: string | undefined;
  onProject: (project: string) => void;
}) {
  const read = useQuery(projectsRead());
  const names = (read.data?.projects ?? []).map((one) => ({ value: one.project, label: one.name }));
  const first = names.find(({ value }) => value === 'default') ?? names[0];
  const chosen = project ?? first?.value;
  return (
    <>
      <PageHead title="Retention">
        {chosen !== undefined && (
          <NativeSelect
            aria-label="Project"
            size="xs"
            data={names.some(({ value }) => value === chosen) ? names : [{ value: chosen, label: chosen }, ...names]}
            value={chosen}
            onChange={(event) => onProject(event.currentTarget.value)}
          />
        )}
      </PageHead>
      <Scroll>
        <Pending read={read} />
        {chosen !== undefined && <Of key={chosen} project={chosen} />}
      </Scroll>
    </>
  );
}
