// Kafka for people: `node infra/kafka/start.mjs [--data folder] [--port number]`, in the foreground.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const program = [join(root, 'libs/testkit/run-typescript.cjs'), join(root, 'libs/testkit/test/kafka-foreground.ts')];
const child = spawn(process.execPath, [...program, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => child.kill(name));
child.on('exit', (code) => process.exit(code ?? 1));
