import { z } from 'zod';

/** A file or a folder in a listing. */
export const listedFile = z.object({ path: z.string(), is_dir: z.boolean(), file_size: z.int().optional() });
/** Paths are relative to the root. */
export const listedFolder = z.object({ root_uri: z.string(), files: z.array(listedFile) });
