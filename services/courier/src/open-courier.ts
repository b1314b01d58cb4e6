import type { Log } from '@runledger/bus';
import type { Scope } from '@runledger/kernel';
import { createFollower, type FollowerDeps } from './follower';
import { createSender, type SenderDeps } from './sender';

export type CourierPorts = Readonly<{ log: Pick<Log, 'consume'> }> & SenderDeps & Omit<FollowerDeps, 'onNews'>;

/** Opens what the courier does: it writes what the log has into feeds, and sends what is in them. */
export async function openCourier(scope: Scope, ports: CourierPorts): Promise<void> {
  const { log, source, logger, holder } = ports;
  const sender = await scope.start('the sender of webhooks', async () => {
    const value = createSender(ports);
    value.start();
    return { value, stop: () => value.stop() };
  });
  await scope.start('the feeds of webhooks', async () => {
    const follower = createFollower({ source, logger, holder, onNews: () => sender.wake() });
    const value = await log.consume(follower);
    return { value, stop: () => value.stop() };
  });
}
