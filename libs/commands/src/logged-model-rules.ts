import type { LoggedModelStatus } from '@runledger/contracts';
import {
  decideLoggedModel,
  evolveLoggedModel,
  type LoggedModel,
  type LoggedModelChange,
  type LoggedModelCommand,
  type LoggedModelRefusal,
  loggedModelSubject,
  unseenLoggedModel,
} from '@runledger/domain';
import { Fault } from '@runledger/kernel';
import { projectOfExperiment } from './check-deletions';
import { needsNothing, type RefusalKinds, refusing } from './refusals';
import type { Rules } from './rules';

const KINDS: RefusalKinds<LoggedModelRefusal> = {
  LOGGED_MODEL_UNKNOWN: 'missing',
  LOGGED_MODEL_EXISTS: 'conflict',
  LOGGED_MODEL_PARAM_CHANGED: 'conflict',
};

export type LoggedModelResult = Readonly<{
  loggedModel: string;
  name: string;
  experiment: string;
  status: LoggedModelStatus;
  lifecycle: 'active' | 'deleted';
}>;

/** How commands about logged models are answered; what becomes of them is the domain's. */
export const loggedModelRules: Rules<LoggedModelCommand, LoggedModel, LoggedModelChange, LoggedModelResult> = {
  subject: ({ loggedModel }) => loggedModelSubject(loggedModel),
  initial: unseenLoggedModel,
  evolve: evolveLoggedModel,
  decide: decideLoggedModel,
  deletesIn: (_change, { experiment }, look) => projectOfExperiment(look, experiment),
  result: ({ loggedModel }, { name, experiment, status, lifecycle }) => ({
    loggedModel,
    name,
    experiment,
    status,
    lifecycle: lifecycle === 'deleted' ? 'deleted' : 'active',
  }),
  taken: ({ name }) => new Fault('bug', 'COMMANDS_UNKNOWN_CLAIM', `logged models claim no names, yet ${name} is taken`),
  absent: needsNothing,
  refused: refusing(KINDS),
};
