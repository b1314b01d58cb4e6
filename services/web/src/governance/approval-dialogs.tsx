import { Code, Text, Textarea, TextInput } from '@mantine/core';
import type { VersionGovernanceAnswer } from '@runledger/contracts/http';
import { useState } from 'react';
import { approveVersion, withdrawApproval } from '../api/governance';
import { FormDialog } from '../elements/form-dialog';

type Of = Readonly<{ of: VersionGovernanceAnswer; onClose: () => void }>;

/** Binds to the evidence that was shown when it was opened. */
export function ApproveDialog({ of, onClose }: Of) {
  const wanted = of.gates.flatMap(({ approvals }) => approvals.map((need) => need.meaning));
  const [meaning, setMeaning] = useState(wanted[0] ?? '');
  const [printedName, setPrintedName] = useState('');
  const [evidence] = useState(of.evidence.digest);
  const { model, version } = of;
  return (
    <FormDialog
      title={`Approve version ${version}`}
      action="Approve"
      changes={['model', model]}
      isReady={meaning.trim() !== '' && printedName.trim() !== ''}
      send={() =>
        approveVersion({ model, version, meaning: meaning.trim(), printedName: printedName.trim(), evidence })
      }
      onClose={onClose}
    >
      <Text size="sm">
        You approve what this page shows: the evidence <Code>{evidence.slice(0, 12)}…</Code>. It goes stale when the
        version or its run changes.
      </Text>
      <TextInput
        label="What it means"
        placeholder="validated for production"
        required
        autoFocus
        value={meaning}
        onChange={(event) => setMeaning(event.currentTarget.value)}
      />
      <TextInput
        label="Your name, as it is to be printed"
        required
        value={printedName}
        onChange={(event) => setPrintedName(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

export function WithdrawDialog({ model, approval, onClose }: { model: string; approval: string; onClose: () => void }) {
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title="Withdraw the approval"
      action="Withdraw"
      changes={['model', model]}
      isReady={reason.trim() !== ''}
      send={() => withdrawApproval({ model, approval, reason: reason.trim() })}
      onClose={onClose}
    >
      <Text size="sm">It stays in the record, with your reason, and counts no more.</Text>
      <Textarea
        label="Reason"
        required
        autoFocus
        minRows={3}
        autosize
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
