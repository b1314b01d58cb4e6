import type { ChangeOf, INVENTORY_DECISIONS } from '@runledger/contracts';
import type { Outcome } from '@runledger/kernel';
import { type Decision, decided, nothingToDo } from './decision';

export type InventoryChange = ChangeOf<typeof INVENTORY_DECISIONS>;
/** What the inventory says of a model. */
export type InventoryEntry = Readonly<Omit<InventoryChange['data'], 'model'>>;

export type InventoryCommand = Readonly<{ name: 'enter-inventory'; model: string } & InventoryEntry>;

/** Pure. Of a model that is there. */
export function enterInventory(
  { owner, tier, validator, purpose, reviewBy }: InventoryCommand,
  model: Readonly<{ id: string; inventory: InventoryEntry | null }>,
): Outcome<Decision<InventoryChange>, never> {
  const entry = { owner, tier, validator, purpose, reviewBy };
  const { inventory: held } = model;
  const isSame =
    held !== null && Object.entries(entry).every(([member, value]) => held[member as keyof InventoryEntry] === value);
  return isSame ? nothingToDo() : decided([{ type: 'inventory.entered', data: { model: model.id, ...entry } }]);
}
