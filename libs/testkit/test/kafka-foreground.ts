// Run as a process by infra/kafka/start.mjs.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startKafka } from '../src/kafka';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string' }, port: { type: 'string' } } });
  const kafka = await startKafka({
    ...(values.data === undefined ? {} : { dataDir: resolve(values.data) }),
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
  });
  process.stdout.write(`Kafka is ready at ${kafka.brokers.join(',')}\n`);
  const stop = async (): Promise<void> => {
    await kafka.kill('SIGTERM');
    await kafka.stop();
    process.exit(0);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => void stop());
  setInterval(() => undefined, 60_000);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
