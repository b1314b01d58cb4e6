// Run as a process by a test, as somebody's training program: asks which runs did this work, does it, and asks again.
import { findSameRuns, startRun } from '@runledger/sdk';

const [spool, lr] = process.argv.slice(2);
const params = { lr: Number(lr), opt: 'adam' };
const code = { commit: 'abc', dirty: true, diffDigest: `sha256:${'1'.repeat(64)}` };
const inputs = [{ name: 'digits', digest: 'd1', context: 'train' }];
const before = await findSameRuns({ params, code, inputs });
const run = await startRun({ experiment: 'same-work', spool });
run.params(params);
run.code(code);
run.inputs(inputs);
run.log({ loss: 0.5 }, { step: 0 });
await run.finish();
process.stdout.write(JSON.stringify({ run: run.id, before }));
