import { FairPool } from '@runledger/kernel';
import pg from 'pg';

type Connected = (error: Error | undefined, client?: pg.PoolClient, done?: pg.PoolClient['release']) => void;

/** pg's pool, with a line for each tenant: in pg's own, whoever asks for much makes everybody wait. */
class FairPgPool extends pg.Pool {
  readonly #turns: FairPool<number>;
  readonly #turnOf = new WeakMap<pg.PoolClient, number>();

  constructor(options: pg.PoolConfig = {}) {
    super(options);
    this.#turns = new FairPool(Array.from({ length: options.max ?? 10 }, (_, i) => i));
    this.on('release', (_error, client) => {
      const turn = this.#turnOf.get(client);
      this.#turnOf.delete(client);
      if (turn !== undefined) this.#turns.giveBack(turn);
    });
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    const connecting = this.#connect();
    if (callback === undefined) return connecting;
    connecting.then(
      (client) => callback(undefined, client, client.release.bind(client)),
      (error: Error) => callback(error),
    );
    return undefined;
  }

  async #connect(): Promise<pg.PoolClient> {
    const turn = await this.#turns.take();
    try {
      const client = await super.connect();
      this.#turnOf.set(client, turn);
      return client;
    } catch (error) {
      this.#turns.giveBack(turn);
      throw error;
    }
  }
}

/** pg, as TypeORM takes it. */
export const fairPg: typeof pg = Object.create(pg, { Pool: { value: FairPgPool } }) as typeof pg;
