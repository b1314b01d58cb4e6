import {
  type DecisionOf,
  LOGGED_MODEL_DECISIONS,
  LOGGED_MODEL_FILE_DECISIONS,
  type LoggedModelFileRow,
  type LoggedModelRow,
} from '@runledger/contracts';
import { evolveLoggedModel, unseenLoggedModel } from '@runledger/domain';
import { decidedBy, defineFolder } from './catalog-folder';

type LoggedModelDecision = DecisionOf<typeof LOGGED_MODEL_DECISIONS>;

const isTagging = ({ type }: LoggedModelDecision): boolean =>
  type === 'logged-model.tagged' || type === 'logged-model.untagged';

export const loggedModelFolder = defineFolder<LoggedModelDecision, LoggedModelRow>({
  types: LOGGED_MODEL_DECISIONS,
  keys: ({ workspace, event }) => [{ workspace, id: event.data.loggedModel, name: '' }],
  evolve(row, decision) {
    const { event, at } = decision;
    const { lifecycle, ...model } = evolveLoggedModel(row ?? unseenLoggedModel, event);
    const { experiment, name, run, modelType, status, params, tags } = model;
    return {
      experiment,
      name,
      run,
      modelType,
      status,
      lifecycle: lifecycle === 'deleted' ? 'deleted' : 'active',
      params,
      tags,
      createdBy: row?.createdBy ?? at.actor,
      changedAt: row !== undefined && isTagging(event) ? row.changedAt : Date.parse(event.time),
      ...decidedBy(row, decision, 'logged-model.created'),
    };
  },
});

export const loggedModelFileFolder = defineFolder<DecisionOf<typeof LOGGED_MODEL_FILE_DECISIONS>, LoggedModelFileRow>({
  types: LOGGED_MODEL_FILE_DECISIONS,
  keys({ workspace, event }) {
    const paths = event.type === 'logged-model.stored' ? [event.data.path] : event.data.paths;
    return paths.map((name) => ({ workspace, id: event.data.loggedModel, name }));
  },
  evolve(row, decision) {
    const { event } = decision;
    if (event.type === 'logged-model.cleared') return null;
    const { digest, size, mediaType } = event.data;
    return { digest, size, mediaType, ...decidedBy(row, decision, 'logged-model.stored') };
  },
});
