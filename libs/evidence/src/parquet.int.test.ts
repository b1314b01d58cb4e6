import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { pythonInterpreter, temporaryFolder } from '@runledger/testkit';
import { readLeaf, rowOf } from './leaf-row';
import { LeafTable } from './parquet';

const folder = temporaryFolder('parquet');
afterAll(() => folder.remove());

const READ = `
import json, sys, pandas
table = pandas.read_parquet(sys.argv[1])
print(json.dumps({"columns": {n: str(t) for n, t in table.dtypes.items()}, "rows": table.to_dict("records")}))
`;

it.each([1, 2, 3_000])(
  'is a table that other people’s programs read as it was written, with %i rows',
  async (count) => {
    const rows = Array.from({ length: count }, (_, i) => {
      const leaf = {
        id: `e${i}`,
        type: 'tags.set',
        stream: `run/é${i}`,
        stream_seq: i,
        recorded: '2026-01-01T00:00:00Z',
      };
      const entry = Buffer.from(JSON.stringify(i % 2 === 0 ? leaf : { ...leaf, actor: 'actor-1' }));
      return rowOf(2 ** 33 + i, entry, readLeaf(entry, i));
    });
    const table = new LeafTable();
    for (const row of rows) table.add(row);
    writeFileSync(`${folder.path}/t.parquet`, table.finish());
    const said = execFileSync(await pythonInterpreter(), ['-c', READ, `${folder.path}/t.parquet`], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    const { columns, rows: read } = JSON.parse(said) as { columns: Record<string, string>; rows: object[] };
    expect(read).toEqual(rows.map((row) => ({ ...row, leaf: Buffer.from(row.leaf).toString() })));
    expect([columns['index'], columns['stream_seq']]).toEqual(['int64', 'int64']);
  },
  240_000,
);
