export type PreviewKind =
  | 'image'
  | 'drawing'
  | 'audio'
  | 'video'
  | 'parquet'
  | 'notebook'
  | 'json'
  | 'csv'
  | 'markdown'
  | 'text';
type File = Readonly<{ path: string; mediaType: string }>;

/** What says a kind: the media type that was logged, or the ending of the name, for clients that log everything as bytes. */
const KINDS: ReadonlyArray<readonly [PreviewKind, RegExp, RegExp]> = [
  ['notebook', /^application\/x-ipynb\+json/, /\.ipynb$/i],
  ['parquet', /^application\/(vnd\.apache\.parquet|x-parquet|parquet)/, /\.(parquet|pq)$/i],
  ['drawing', /^image\/svg\+xml/, /\.svg$/i],
  ['image', /^image\/(png|jpeg|gif|webp|avif|bmp)/, /\.(png|jpe?g|gif|webp|avif|bmp)$/i],
  ['audio', /^audio\/(mpeg|mp4|ogg|wav|x-wav|wave|flac|webm|aac)/, /\.(mp3|m4a|ogg|oga|wav|flac|aac)$/i],
  ['video', /^video\/(mp4|webm|ogg|quicktime)/, /\.(mp4|m4v|webm|ogv|mov)$/i],
  ['csv', /^text\/(csv|tab-separated-values)/, /\.(csv|tsv)$/i],
  ['json', /^application\/([\w.-]+\+)?json/, /\.json$/i],
  ['markdown', /^text\/markdown/, /\.(md|markdown)$/i],
  [
    'text',
    /^(text\/|application\/(x-ndjson|jsonl|ya?ml|x-yaml|xml|toml|x-sh|javascript))/,
    /\.(txt|jsonl|ya?ml|toml|log|py|ipy|r|ts|js|sh|ini|cfg|conf|xml|html?|sql|diff|patch)$/i,
  ],
];

/** How a file can be shown; null: it can only be downloaded. */
export function previewKind({ path, mediaType }: File): PreviewKind | null {
  const type = mediaType.toLowerCase();
  const said = /^(application\/octet-stream|text\/plain)/.test(type)
    ? undefined
    : KINDS.find(([, of]) => of.test(type));
  const named = KINDS.find(([, , of]) => of.test(path));
  const typed = said ?? named ?? KINDS.find(([, of]) => of.test(type));
  // A notebook or a table in JSON's or text's clothes is still one.
  return (typed?.[0] === 'json' || typed?.[0] === 'text' ? (named ?? typed) : typed)?.[0] ?? null;
}

/** Types that an element may be given. Anything else that was logged stays out of a blob, so that it is never a page of ours. */
const MEDIA: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  aac: 'audio/aac',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  webm: 'video/webm',
  ogv: 'video/ogg',
  mov: 'video/quicktime',
};
const KNOWN = new Set(Object.values(MEDIA));

/** The type of a picture, sound or film. */
export function safeMediaType({ path, mediaType }: File): string {
  const said = mediaType.toLowerCase().replace(/;.*/, '').trim();
  return KNOWN.has(said) ? said : (MEDIA[path.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream');
}
