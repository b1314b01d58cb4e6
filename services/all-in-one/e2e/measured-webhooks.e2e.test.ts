import {
  eventually,
  type Received,
  type Receiver,
  type Spawned,
  startReceiver,
  type TemporaryFolder,
  temporaryFolder,
} from '@runledger/testkit';
import { type AllInOne, startAllInOne } from './all-in-one-process';
import { postTo } from './post-to';
import { openScaledShape, type ScaledShape, urlOf } from './scaled-shape';

type Door = Pick<AllInOne, 'url' | 'key'>;
type Doors = Readonly<{ write: Door; read: Door }>;

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

const metrics = (door: Door, run: string, from: number, values: readonly number[]) => {
  const series = [{ key: 'loss', steps: values.map((_, i) => from + i), values }];
  return postTo(door)('metrics', { run, series });
};
const fact = (door: Door, run: string, type: string, data: object) =>
  postTo(door)('events', { events: [{ subject: `run/${run}`, type, data }] });

/** A webhook for thresholds and objectives; resolves once the courier knows of it. */
async function prepare({ write, read }: Doors): Promise<void> {
  const definition = { name: 'good', metric: 'loss', aggregate: 'min', comparison: '<=', threshold: 0.1 };
  await postTo(write)('commands/define-objective', { scope: { kind: 'project', id: 'default' }, definition });
  const events = ['metric_threshold.crossed', 'objective.met', 'objective.missed'];
  const more = { condition: 'metrics.loss < 0.1', secret: 'a secret', scope: { kind: 'project', id: 'default' } };
  await postTo(write)('commands/create-webhook', {
    webhook: 'alarm',
    name: 'alarm',
    url: receiver.url,
    events,
    ...more,
  });
  await eventually(async () => {
    const headers = { authorization: `Bearer ${read.key}` };
    const answer = await fetch(`${read.url}/api/v1/webhooks/alarm`, { headers });
    const { delivery } = (await answer.json()) as { delivery?: object | null };
    return delivery ?? undefined;
  });
}

const idOf = ({ headers }: Received): string => String(headers['x-mlflow-delivery-id']);
const nameOf = ({ body }: Received): string => `${String(body['entity'])}.${String(body['action'])}`;
/** Letters by their ids: one that comes again is the same letter. */
function letters(): Map<string, string> {
  const known = new Map<string, string>();
  for (const one of receiver.got) {
    expect(known.get(idOf(one)) ?? one.text).toBe(one.text);
    known.set(idOf(one), one.text);
  }
  return known;
}
const namesOf = (): string[] => [...new Map(receiver.got.map((one) => [idOf(one), nameOf(one)])).values()];

it('tells of thresholds and objectives by one process that is killed at every step: each once, and as it was', async () => {
  const folder: TemporaryFolder = temporaryFolder('measured');
  const start = (failpoint = ''): Promise<AllInOne> =>
    startAllInOne(`${folder.path}/data`, {
      RUNLEDGER_WEBHOOK_RANGES: '127.0.0.0/8',
      ...(failpoint && { RUNLEDGER_FAILPOINT: failpoint }),
    });
  let server = await start('range.before-offset');
  /** The process kills itself where it was told to; another one goes on. */
  const next = async (failpoint = ''): Promise<void> => {
    expect(await server.process.ended).toBe('SIGKILL');
    server = await start(failpoint);
  };
  try {
    await prepare({ write: server, read: server });
    await fact(server, 'a', 'run.started', { experiment: '0' });
    await metrics(server, 'a', 0, [1, 0.5, 0.07, 0.01]);
    await next('courier.after-placed');
    await next('courier.after-post');
    await receiver.until(1);
    await next('courier.after-judged');
    await fact(server, 'a', 'run.finished', { outcome: 'finished' });
    await next();
    await metrics(server, 'a', 4, [0.001]); // below it once more, after all of that
    await fact(server, 'b', 'run.started', { experiment: '0' });
    await metrics(server, 'b', 0, [0.2]);
    await fact(server, 'b', 'run.finished', { outcome: 'failed' });
    await eventually(() => (letters().size >= 3 ? true : undefined));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(namesOf()).toEqual(['metric_threshold.crossed', 'objective.met', 'objective.missed']);
    const crossed = JSON.parse([...letters().values()][0] ?? '') as { data: object };
    expect(crossed.data).toMatchObject({ run_id: 'a', value: 0.07, step: 2, experiment_id: '0' });
    expect(receiver.got.length).toBeGreaterThan(3); // what was in doubt came twice
  } finally {
    await server.process.stop();
    folder.remove();
  }
}, 240_000);

describe('on Kafka, Redis and Postgres, in processes of their own', () => {
  let shape: ScaledShape;
  beforeAll(async () => {
    shape = await openScaledShape('measured');
  }, 120_000);
  afterAll(() => shape.stop(), 60_000);

  it('the projector and the courier are killed in between, and others go on', async () => {
    const doors: Doors = {
      write: { url: await urlOf(shape.start('ingest')), key: shape.key },
      read: { url: await urlOf(shape.start('query')), key: shape.key },
    };
    const ready = async (one: Spawned): Promise<Spawned> => {
      await one.line(/ready/);
      return one;
    };
    const projector = await ready(shape.start('projector', { RUNLEDGER_FAILPOINT: 'range.before-offset' }));
    const courier = await ready(shape.start('courier', { RUNLEDGER_FAILPOINT: 'courier.after-placed' }));
    await prepare(doors);
    await fact(doors.write, 'a', 'run.started', { experiment: '0' });
    await metrics(doors.write, 'a', 0, [1, 0.5, 0.07, 0.01]);
    expect(await projector.ended).toBe('SIGKILL');
    await ready(shape.start('projector'));
    expect(await courier.ended).toBe('SIGKILL');
    const second = await ready(shape.start('courier', { RUNLEDGER_FAILPOINT: 'courier.after-judged' }));
    await receiver.until(1);
    await fact(doors.write, 'a', 'run.finished', { outcome: 'finished' });
    expect(await second.ended).toBe('SIGKILL');
    await ready(shape.start('courier'));
    await eventually(() => (letters().size >= 2 ? true : undefined));
    expect(namesOf()).toEqual(['metric_threshold.crossed', 'objective.met']);
    expect(JSON.parse([...letters().values()][0] ?? '')).toMatchObject({ data: { run_id: 'a', value: 0.07, step: 2 } });
  }, 240_000);
});
