import { type Outcome, refuse } from '@runledger/kernel';
import { type Decision, decided, nothingToDo } from './decision';
import type { Model, ModelChange } from './model';
import { numbered } from './numbered';
import { type Checks, type PromotionRefusal, passGates } from './promotion';

export type AliasCommand =
  | Readonly<{ name: 'set-alias'; model: string; alias: string; version: number }>
  | Readonly<{ name: 'remove-alias'; model: string; alias: string }>;
export type AliasRefusal = 'VERSION_UNKNOWN' | 'ALIAS_RESERVED' | PromotionRefusal;

/** They would be taken for versions where a model is named by a URI. */
const RESERVED = /^(latest|v\d+)$/i;

/** Pure. Of a model that is there. */
export function decideAlias(
  command: AliasCommand,
  whole: Model,
  checks: Checks | undefined,
): Outcome<Decision<ModelChange>, AliasRefusal> {
  const { id: model, aliases, versions } = whole;
  const { alias } = command;
  if (command.name === 'remove-alias')
    return aliases.has(alias) ? decided([{ type: 'alias.removed', data: { model, alias } }]) : nothingToDo();
  const { version } = command;
  if (RESERVED.test(alias))
    return refuse('ALIAS_RESERVED', `${alias} is no name for an alias: it stands for a version`);
  if (numbered(versions, version) === null) return refuse('VERSION_UNKNOWN', 'there is no such version of this model');
  if (aliases.get(alias) === version) return nothingToDo();
  const passed = passGates(whole, { version, target: { kind: 'alias', name: alias } }, checks);
  if (!passed.ok) return passed;
  return decided<ModelChange>([...passed.value, { type: 'alias.moved', data: { model, alias, version } }]);
}
