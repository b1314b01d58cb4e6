import { partitionsOf } from '@runledger/contracts';
import type { Consumer, Consumption } from '../log';
import { Feed, type FeedDeps } from './feed';
import { Membership, type MembershipOptions, type View } from './membership';
import { type Place, sharePartitions } from './share-partitions';

type Deps = Readonly<{
  membership: Pick<MembershipOptions, 'beatMs' | 'sessionMs' | 'logger' | 'run'>;
  feed: Pick<FeedDeps, 'take' | 'more' | 'range' | 'beyond'>;
}>;

const idOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

/** One member of a group, with a feed for each partition that is its own. */
export class PostgresConsumption implements Consumption {
  readonly group: string;
  readonly places: readonly Place[];
  readonly #membership: Membership;
  readonly #feedDeps: Omit<FeedDeps, 'renew'>;
  readonly #feeds = new Map<string, Feed>();
  /** When the last feed of a partition has ended, the next may begin. */
  readonly #ends = new Map<string, Promise<void>>();
  #view: View | undefined;
  #stopping: Promise<void> | undefined;

  constructor(consumer: Consumer, deps: Deps) {
    this.group = consumer.group;
    this.places = consumer.topics.flatMap((topic) =>
      Array.from({ length: partitionsOf(topic) }, (_, partition) => ({ topic, partition })),
    );
    this.#membership = new Membership({ ...deps.membership, group: consumer.group }, (view) => this.#follow(view));
    this.#feedDeps = {
      ...deps.feed,
      consumer,
      logger: deps.membership.logger,
      isOverdue: () => this.#membership.isOverdue,
      look: () => this.#membership.look(),
    };
  }

  join(): Promise<void> {
    return this.#membership.join();
  }

  /** The group is said to have changed. */
  look(): void {
    if (!this.#stopping) void this.#membership.look();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Goes on beating until the last batch has ended, so that nobody takes its partition before. */
  async #stop(): Promise<void> {
    for (const feed of this.#feeds.values()) feed.finish();
    await Promise.all(this.#ends.values());
    await this.#membership.leave();
  }

  /**
   * A partition that stays ours goes on undisturbed, unless we missed a change: then another member may have had it in
   * between, and moved its offset.
   */
  #follow(view: View): void {
    const before = this.#view;
    this.#view = view;
    if (before && !view.joined && view.generation === before.generation) return;
    const missed = before === undefined || view.joined || view.generation > before.generation + 1;
    const mine = new Map(this.#share(view).map((place) => [idOf(place), place]));
    for (const [id, feed] of this.#feeds)
      if (missed || !mine.has(id)) {
        feed.lose();
        this.#feeds.delete(id);
      }
    if (this.#stopping) return;
    for (const [id, place] of mine) if (!this.#feeds.has(id)) this.#feed(id, place);
  }

  #share(view: View): Place[] {
    return sharePartitions(view.members, this.places).get(this.#membership.member) ?? [];
  }

  #feed(id: string, place: Place): void {
    const renew = (): void => {
      if (this.#stopping || this.#feeds.get(id) !== feed) return;
      feed.lose();
      this.#feed(id, place);
    };
    const feed: Feed = new Feed(place, { ...this.#feedDeps, renew }, this.#ends.get(id));
    this.#feeds.set(id, feed);
    this.#ends.set(id, feed.done);
  }
}
