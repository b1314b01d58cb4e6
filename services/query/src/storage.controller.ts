import { Controller, Get, Inject } from '@nestjs/common';
import { Caller, isOperator, Permission, type Principal } from '@runledger/access';
import { storageAnswer } from '@runledger/contracts/http';
import { ApiRoute } from '@runledger/http';
import type { QueryRoom } from './query-room';
import { ROOM } from './room-token';

type Table = Readonly<{ name: string; bytes: number; rows: number }>;
const storeOf = (store: 'postgres' | 'clickhouse', tables: readonly Table[]) => ({
  store,
  bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
  tables,
});

@Controller('api/v1/storage')
export class StorageController {
  constructor(@Inject(ROOM) private readonly room: QueryRoom) {}

  @Get()
  @Permission('admin')
  @ApiRoute({ summary: 'How much is stored: of the workspace, and of each store by table', response: storageAnswer })
  async get(@Caller() who: Principal) {
    const { sizes, seriesSizes } = this.room;
    const seesStores = isOperator(who);
    const [{ runs, points, files, bytes }, tables, series] = await Promise.all([
      sizes.workspace(who.workspace),
      seesStores ? sizes.tables() : [],
      seesStores ? seriesSizes() : [],
    ]);
    return {
      workspace: { runs, points, artifacts: { files, bytes } },
      stores: seesStores ? [storeOf('postgres', tables), storeOf('clickhouse', series)] : null,
    };
  }
}
