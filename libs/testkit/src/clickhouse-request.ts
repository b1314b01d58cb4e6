import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

export type ExternalTable = Readonly<{ name: string; file: string; format: string; structure: string }>;

/** What a request to ClickHouse's HTTP interface asks for. */
export type ClickHouseRequest = Readonly<{
  /** The statement. Data of an INSERT that came with it in the body is part of it. */
  sql: string;
  /** A file with the request's body, when the statement stands in the URL. */
  data: string | undefined;
  /** External data of a form: files, to be read as tables of these names. */
  tables: readonly ExternalTable[];
  queryId: string | undefined;
  database: string | undefined;
  /** As they came: escaped as in TabSeparated. */
  params: Readonly<Record<string, string>>;
  settings: Readonly<Record<string, string>>;
  format: string | undefined;
  acceptsGzip: boolean;
}>;

/** Settings of the server's HTTP layer alone; the engine would refuse them. */
const OF_HTTP_ONLY =
  /^(wait_end_of_query|buffer_size|send_progress_in_http_headers|http_|add_http_cors_header|compress$|decompress$)/;
const NOT_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'enable_http_compression',
  'user',
  'password',
]);

/** What this front does not do. It says so instead of doing half of it. */
const REFUSED = ['session_id', 'role', 'compress', 'decompress', 'quota_key'];

export class RequestRefused extends Error {}

async function store(request: IncomingMessage, file: string): Promise<void> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'gzip') await pipeline(request, createGunzip(), createWriteStream(file));
  else if (encoding === 'identity') await pipeline(request, createWriteStream(file));
  else throw new RequestRefused(`Content-Encoding ${encoding} is not known to the test front`);
}

type Form = Readonly<{ fields: Map<string, string>; files: Map<string, string> }>;

/** Parameters may come as fields of a form, next to the query; external tables as its files. */
async function readForm(type: string, file: string): Promise<Form> {
  const form = await new Response(await readFile(file), { headers: { 'content-type': type } }).formData();
  const fields = new Map<string, string>();
  const files = new Map<string, string>();
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.set(name, value);
    else {
      files.set(name, `${file}.${files.size}`);
      await writeFile(`${file}.${files.size - 1}`, Buffer.from(await value.arrayBuffer()));
    }
  }
  return { fields, files };
}

/** Takes what the URL says of the form's files out of it. */
function readTables(files: Form['files'], url: URLSearchParams): ExternalTable[] {
  return [...files].map(([name, file]) => {
    const [format, structure] = [url.get(`${name}_format`) ?? 'TabSeparated', url.get(`${name}_structure`) ?? ''];
    url.delete(`${name}_format`);
    url.delete(`${name}_structure`);
    return { name, file, format, structure };
  });
}

type Fields = { params: Record<string, string>; settings: Record<string, string>; inUrl: string };

function readFields(entries: Iterable<[string, string]>): Fields {
  const fields: Fields = { params: {}, settings: {}, inUrl: '' };
  for (const [name, value] of entries) {
    if (REFUSED.includes(name)) throw new RequestRefused(`${name} is not known to the test front`);
    if (name === 'query') fields.inUrl += value;
    else if (name.startsWith('param_')) fields.params[name.slice('param_'.length)] = value;
    else if (!NOT_SETTINGS.has(name) && !OF_HTTP_ONLY.test(name)) fields.settings[name] = value;
  }
  return fields;
}

async function isEmpty(file: string): Promise<boolean> {
  for await (const _ of createReadStream(file, { end: 0 })) return false;
  return true;
}

const isInsertOfFormat = (sql: string): boolean => /^\s*insert\s.*\sformat\s+\w+\s*$/is.test(sql);

/** The value of a header that comes once. */
function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function wantsGzip(request: IncomingMessage, query: URLSearchParams): boolean {
  const accepted = headerOf(request, 'accept-encoding') ?? '';
  return query.get('enable_http_compression') === '1' && /\bgzip\b/.test(accepted);
}

/** The statement, and the file of its data when that came apart from it. */
async function readStatement(inUrl: string, file: string, isForm: boolean) {
  if (isForm) return { sql: inUrl, data: undefined };
  if (isInsertOfFormat(inUrl) && !(await isEmpty(file))) return { sql: inUrl, data: file };
  const body = await readFile(file, 'utf8');
  return { sql: inUrl !== '' && body !== '' ? `${inUrl}\n${body}` : inUrl + body, data: undefined };
}

/** Reads all of the request; its body goes through `file`. A body that is cut off rejects, and nothing was done. */
export async function readRequest(request: IncomingMessage, file: string): Promise<ClickHouseRequest> {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  await store(request, file);
  const type = headerOf(request, 'content-type') ?? '';
  const isForm = type.startsWith('multipart/form-data');
  const form = isForm
    ? await readForm(type, file)
    : { fields: new Map<string, string>(), files: new Map<string, string>() };
  const tables = readTables(form.files, searchParams);
  const { params, settings, inUrl } = readFields([...searchParams, ...form.fields]);
  return {
    tables,
    ...(await readStatement(inUrl, file, isForm)),
    queryId: searchParams.get('query_id') ?? undefined,
    database: searchParams.get('database') ?? headerOf(request, 'x-clickhouse-database'),
    params,
    settings: request.method === 'GET' ? { ...settings, readonly: '2' } : settings,
    format: searchParams.get('default_format') ?? headerOf(request, 'x-clickhouse-format'),
    acceptsGzip: wantsGzip(request, searchParams),
  };
}
