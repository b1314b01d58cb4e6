import { z } from 'zod';
import { defineEvent } from '../define-event';
import { key, text } from '../names';
import { personal } from '../sealed-text';

/** The environment that a run was started in. The last one in the log wins. */
export const environmentRecorded = defineEvent({
  type: 'environment.recorded',
  topic: 'runs',
  version: 1,
  data: z.strictObject({
    host: personal(text(255)).optional(),
    os: text(500).optional(),
    runtime: text(200).optional(),
    command: personal(text(10_000)).optional(),
    cpus: z.int().min(0).optional(),
    memoryBytes: z.int().min(0).optional(),
    accelerators: z.array(text(200)).max(1_000).default([]),
    packages: z
      .array(z.strictObject({ name: key, version: text(200) }))
      .max(10_000)
      .default([]),
  }),
  lifts: {},
});
