import type { ChangeOf, VIEW_DECISIONS } from '@runledger/contracts';

export type ViewChange = ChangeOf<typeof VIEW_DECISIONS>;

export type View = Readonly<{
  status: 'unseen' | 'active' | 'deleted';
  experiment: string;
  name: string;
  search: string;
}>;
export const unseenView: View = { status: 'unseen', experiment: '', name: '', search: '' };

/** Total: what was decided is never decided again. */
export function evolveView(view: View, event: ViewChange): View {
  switch (event.type) {
    case 'view.saved': {
      const { experiment, name, search } = event.data;
      return { status: 'active', experiment, name, search };
    }
    case 'view.deleted':
      return { ...view, status: 'deleted' };
    default:
      return event satisfies never;
  }
}
