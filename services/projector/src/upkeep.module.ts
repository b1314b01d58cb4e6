import type { DynamicModule } from '@nestjs/common';
import type { Scope } from '@runledger/kernel';
import { Keeper, type KeeperOptions } from './keeper';
import { LettersController } from './letters.controller';
import { UpkeepController } from './upkeep.controller';
import { checkDeps, openUpkeepRoom, UPKEEP, type UpkeepPorts } from './upkeep-room';

/** What people ask of the projections' upkeep. */
export class UpkeepModule {
  static register(ports: UpkeepPorts): DynamicModule {
    return {
      module: UpkeepModule,
      controllers: [LettersController, UpkeepController],
      providers: [{ provide: UPKEEP, useValue: openUpkeepRoom(ports) }],
    };
  }
}

/** Opens what looks after the projections by itself: rebuilds, and the check in the background. */
export async function openUpkeep(
  scope: Scope,
  ports: Omit<UpkeepPorts, 'commands'>,
  options: KeeperOptions,
): Promise<void> {
  await scope.start('the upkeep of the projections', async () => {
    const value = new Keeper(checkDeps(ports), options);
    value.start();
    return { value, stop: () => value.stop() };
  });
}
