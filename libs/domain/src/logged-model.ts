import type {
  ChangeOf,
  LOGGED_MODEL_DECISIONS,
  LOGGED_MODEL_FILE_DECISIONS,
  LoggedModelStatus,
  Tag,
} from '@runledger/contracts';
import { withoutTags, withTags } from './tags';

export type LoggedModelChange = ChangeOf<typeof LOGGED_MODEL_DECISIONS & typeof LOGGED_MODEL_FILE_DECISIONS>;

export type LoggedModel = Readonly<{
  lifecycle: 'unseen' | 'active' | 'deleted';
  experiment: string;
  name: string;
  run: string | null;
  modelType: string | null;
  status: LoggedModelStatus;
  params: readonly Tag[];
  tags: readonly Tag[];
}>;
export const unseenLoggedModel: LoggedModel = {
  lifecycle: 'unseen',
  experiment: '',
  name: '',
  run: null,
  modelType: null,
  status: 'pending',
  params: [],
  tags: [],
};

/** Total: what was decided is never decided again. */
export function evolveLoggedModel(model: LoggedModel, event: LoggedModelChange): LoggedModel {
  switch (event.type) {
    case 'logged-model.created': {
      const { experiment, name, run = null, modelType = null, params, tags } = event.data;
      return {
        lifecycle: 'active',
        experiment,
        name,
        run,
        modelType,
        status: 'pending',
        params: withTags([], params),
        tags: withTags([], tags),
      };
    }
    case 'logged-model.configured':
      return { ...model, params: withTags(model.params, event.data.params) };
    case 'logged-model.finalized':
      return { ...model, status: event.data.status };
    case 'logged-model.tagged':
      return { ...model, tags: withTags(model.tags, event.data.tags) };
    case 'logged-model.untagged':
      return { ...model, tags: withoutTags(model.tags, event.data.keys) };
    case 'logged-model.stored':
    case 'logged-model.cleared':
      return model; // decided without them: its files may be many
    case 'logged-model.deleted':
      return { ...model, lifecycle: 'deleted' };
    default:
      return event satisfies never;
  }
}
