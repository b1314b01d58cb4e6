import { z } from 'zod';
import { entityId, key, text } from '../names';

const format = z
  .enum(['json', 'jsonl', 'csv', 'arrow', 'parquet'])
  .describe('json: columns and rows; jsonl: an object a line; csv with a header; arrow: an IPC stream');
const projects = z.array(entityId).max(1_000).optional().describe('only runs of these');

export const sqlBody = z
  .strictObject({
    sql: text(100_000).describe('one SELECT over runs, params, tags, summaries and points'),
    format: format.default('json'),
    projects,
  })
  .meta({
    example: {
      sql: "select run, max(value) as best from points where key = 'loss' group by run order by best limit 10",
    },
  });
export type SqlQuestion = z.input<typeof sqlBody>;

const cell: z.ZodType = z.unknown();
export const sqlAnswer = z.strictObject({
  columns: z.array(z.strictObject({ name: z.string(), type: z.string().describe("the engine's") })),
  rows: z.array(z.array(cell)).describe('64-bit integers are strings; so are nan, inf and -inf'),
});
export type SqlAnswer = z.output<typeof sqlAnswer>;

export const sqlSchemaAnswer = z.strictObject({
  tables: z.array(
    z.strictObject({ name: z.string(), columns: z.array(z.strictObject({ name: z.string(), type: z.string() })) }),
  ),
  functions: z.array(z.string()),
});
export type SqlSchemaAnswer = z.output<typeof sqlSchemaAnswer>;

export const EXPORTED = ['runs', 'params', 'tags', 'summaries', 'points'] as const;
export const exportBody = z
  .strictObject({
    table: z.enum(EXPORTED),
    format: format.exclude(['json']).default('parquet'),
    runs: z.array(entityId).min(1).max(100_000).optional().describe('these runs, whatever else is asked'),
    filter: text(100_000).default('').describe('runs that match, as in a search; all when empty'),
    experiments: z.array(entityId).max(1_000).optional(),
    projects,
    lifecycle: z.enum(['active', 'deleted', 'all']).default('active'),
    keys: z.array(key).min(1).max(1_000).optional().describe('only these params, tags or metrics'),
  })
  .meta({ example: { table: 'points', runs: ['first', 'second'], keys: ['loss'], format: 'csv' } });
export type ExportBody = z.output<typeof exportBody>;
export type ExportQuestion = z.input<typeof exportBody>;
