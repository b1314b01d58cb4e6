import type { Log } from '@runledger/bus';
import type { Scope } from '@runledger/kernel';
import { createFollower, type FollowerDeps } from './follower';
import { createPlacer, type PlacerDeps } from './placer';
import { createSender, type SenderDeps } from './sender';

export type CourierPorts = Readonly<{ log: Pick<Log, 'consume' | 'ends' | 'incarnation'> }> &
  SenderDeps &
  Omit<FollowerDeps, 'onNews'> &
  Omit<PlacerDeps, 'onNews'>;

/** Opens what the courier does: it writes what the log has into feeds, and sends what is in them. */
export async function openCourier(scope: Scope, ports: CourierPorts): Promise<void> {
  const { log, source, logger, holder } = ports;
  const sender = await scope.start('the sender of webhooks', async () => {
    const value = createSender(ports);
    value.start();
    return { value, stop: () => value.stop() };
  });
  await scope.start('what is measured for webhooks', async () => {
    const value = createPlacer({ ...ports, onNews: () => sender.wake() });
    value.start();
    return { value, stop: () => value.stop() };
  });
  await scope.start('the feeds of webhooks', async () => {
    const follower = createFollower({ source, logger, holder, onNews: () => sender.wake() });
    const value = await log.consume(follower);
    return { value, stop: () => value.stop() };
  });
}
