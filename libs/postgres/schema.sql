-- Every table after all migrations. Written by a test, see schema.int.test.ts; nothing reads it but people.

table custody.api_key (
  id text not null,
  workspace text not null,
  hash bytea not null,
  label text not null,
  actor text not null,
  permissions text[] not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  account text not null default 'operator'::text,
  last_used_at timestamp with time zone,
  constraint api_key_hash_key UNIQUE (hash),
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_workspace_fkey FOREIGN KEY (workspace) REFERENCES custody.workspace(id)
);
CREATE UNIQUE INDEX api_key_hash_key ON custody.api_key USING btree (hash);
CREATE UNIQUE INDEX api_key_pkey ON custody.api_key USING btree (id);

table custody.artifact_lock (
  digest text collate "C" not null,
  workspace text not null,
  project text collate "C" not null,
  until timestamp with time zone not null,
  constraint artifact_lock_pkey PRIMARY KEY (digest, workspace, project)
);
CREATE INDEX artifact_lock_of_project ON custody.artifact_lock USING btree (workspace, project, until);
CREATE UNIQUE INDEX artifact_lock_pkey ON custody.artifact_lock USING btree (digest, workspace, project);

table custody.check_result (
  name text not null,
  result jsonb not null,
  finished_at timestamp with time zone not null,
  constraint check_result_pkey PRIMARY KEY (name)
);
CREATE UNIQUE INDEX check_result_pkey ON custody.check_result USING btree (name);

table custody.erased_artifact (
  digest text collate "C" not null,
  workspace text not null,
  erasure text collate "C" not null,
  runs text[] collate "C" not null,
  approved_at timestamp with time zone not null,
  gone_at timestamp with time zone,
  constraint erased_artifact_pkey PRIMARY KEY (digest, workspace, erasure)
);
CREATE UNIQUE INDEX erased_artifact_pkey ON custody.erased_artifact USING btree (digest, workspace, erasure);

table custody.erasure (
  workspace text not null,
  erasure text collate "C" not null,
  subjects text[] collate "C" not null,
  people text[] collate "C" not null,
  approved_at timestamp with time zone not null,
  done_at timestamp with time zone,
  report jsonb,
  constraint erasure_pkey PRIMARY KEY (workspace, erasure)
);
CREATE UNIQUE INDEX erasure_pkey ON custody.erasure USING btree (workspace, erasure);

table custody.expired_artifact (
  digest text collate "C" not null,
  event text not null,
  marked_at timestamp with time zone not null,
  gone_at timestamp with time zone,
  constraint expired_artifact_pkey PRIMARY KEY (digest)
);
CREATE INDEX expired_artifact_open ON custody.expired_artifact USING btree (marked_at) WHERE (gone_at IS NULL);
CREATE UNIQUE INDEX expired_artifact_pkey ON custody.expired_artifact USING btree (digest);

table custody.expired_run (
  workspace text not null,
  run text collate "C" not null,
  what text not null,
  event text not null,
  journalseq bigint not null,
  decided_at timestamp with time zone not null,
  gone_at timestamp with time zone,
  constraint expired_run_pkey PRIMARY KEY (workspace, run, what)
);
CREATE INDEX expired_run_open ON custody.expired_run USING btree (decided_at) WHERE (gone_at IS NULL);
CREATE UNIQUE INDEX expired_run_pkey ON custody.expired_run USING btree (workspace, run, what);
CREATE INDEX expired_run_seen ON custody.expired_run USING btree (workspace, journalseq);

table custody.handed_out (
  workspace text not null,
  id text collate "C" not null,
  at timestamp with time zone not null,
  actor text not null,
  kind text not null,
  scope jsonb not null,
  recorded boolean not null default false,
  constraint handed_out_pkey PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX handed_out_pkey ON custody.handed_out USING btree (workspace, id);
CREATE INDEX handed_out_unrecorded ON custody.handed_out USING btree (at) WHERE (NOT recorded);

table custody.journal_claim (
  workspace text not null,
  kind text not null,
  name text not null,
  subject text not null,
  constraint journal_claim_pkey PRIMARY KEY (workspace, kind, name)
);
CREATE UNIQUE INDEX journal_claim_pkey ON custody.journal_claim USING btree (workspace, kind, name);

table custody.journal_command (
  workspace text not null,
  id text not null,
  name text not null,
  digest text not null,
  answer jsonb not null,
  constraint journal_command_pkey PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX journal_command_pkey ON custody.journal_command USING btree (workspace, id);

table custody.journal_event (
  workspace text not null,
  journalseq bigint not null,
  subject text not null,
  version integer not null,
  id text not null,
  type text not null,
  time timestamp with time zone not null,
  dataversion integer not null,
  data jsonb not null,
  actor text not null,
  recordedtime timestamp with time zone not null,
  constraint journal_event_pkey PRIMARY KEY (workspace, journalseq),
  constraint journal_event_workspace_id_key UNIQUE (workspace, id),
  constraint journal_event_workspace_subject_version_key UNIQUE (workspace, subject, version)
);
CREATE INDEX journal_event_by_actor ON custody.journal_event USING btree (workspace, actor, journalseq DESC);
CREATE INDEX journal_event_of_access ON custody.journal_event USING btree (workspace, journalseq) WHERE (type ~ '^(service-account|key|grant|access|session|trust|local-account)[.]'::text);
CREATE INDEX journal_event_of_deleters ON custody.journal_event USING btree (workspace, journalseq) WHERE (type = 'deleters.set'::text);
CREATE INDEX journal_event_of_expiry ON custody.journal_event USING btree (workspace, journalseq) WHERE (type = ANY (ARRAY['points.expired'::text, 'artifacts.expired'::text]));
CREATE INDEX journal_event_of_expiry_in ON custody.journal_event USING btree (workspace, ((data ->> 'project'::text)), journalseq DESC) WHERE (type = ANY (ARRAY['points.expired'::text, 'artifacts.expired'::text]));
CREATE INDEX journal_event_of_retention ON custody.journal_event USING btree (workspace, journalseq) WHERE (type = 'retention.set'::text);
CREATE UNIQUE INDEX journal_event_pkey ON custody.journal_event USING btree (workspace, journalseq);
CREATE UNIQUE INDEX journal_event_workspace_id_key ON custody.journal_event USING btree (workspace, id);
CREATE UNIQUE INDEX journal_event_workspace_subject_version_key ON custody.journal_event USING btree (workspace, subject, version);

table custody.journal_head (
  workspace text not null,
  journalseq bigint not null default 0,
  relayed bigint not null default 0,
  constraint journal_head_pkey PRIMARY KEY (workspace)
);
CREATE UNIQUE INDEX journal_head_pkey ON custody.journal_head USING btree (workspace);

table custody.lease (
  group_name text not null,
  topic text not null,
  partition integer not null,
  epoch bigint not null default 0,
  holder text not null default ''::text,
  next_offset bigint not null default 0,
  constraint lease_pkey PRIMARY KEY (group_name, topic, partition)
);
CREATE UNIQUE INDEX lease_pkey ON custody.lease USING btree (group_name, topic, partition);

table custody.ledger_checkpoint (
  workspace text not null,
  size bigint not null,
  root bytea not null,
  note text not null,
  signed_at timestamp with time zone not null default clock_timestamp(),
  constraint ledger_checkpoint_pkey PRIMARY KEY (workspace, size)
);
CREATE UNIQUE INDEX ledger_checkpoint_pkey ON custody.ledger_checkpoint USING btree (workspace, size);

table custody.ledger_cosignature (
  workspace text not null,
  size bigint not null,
  witness text not null,
  line text not null,
  signed_at timestamp with time zone not null,
  constraint ledger_cosignature_pkey PRIMARY KEY (workspace, size, witness),
  constraint ledger_cosignature_workspace_size_fkey FOREIGN KEY (workspace, size) REFERENCES custody.ledger_checkpoint(workspace, size)
);
CREATE INDEX ledger_cosignature_by_witness ON custody.ledger_cosignature USING btree (witness, workspace, size);
CREATE UNIQUE INDEX ledger_cosignature_pkey ON custody.ledger_cosignature USING btree (workspace, size, witness);

table custody.ledger_delivery (
  sink text not null,
  workspace text not null,
  size bigint not null,
  delivered_at timestamp with time zone not null default clock_timestamp(),
  kind text,
  fault text,
  failing_since timestamp with time zone,
  constraint ledger_delivery_pkey PRIMARY KEY (sink, workspace)
);
CREATE UNIQUE INDEX ledger_delivery_pkey ON custody.ledger_delivery USING btree (sink, workspace);

table custody.ledger_leaf (
  workspace text not null,
  index bigint not null,
  stream text not null,
  stream_seq bigint not null,
  event text not null,
  digest bytea not null,
  salt bytea,
  hash bytea not null,
  entry bytea not null,
  project text,
  project_seq bigint,
  constraint ledger_leaf_pkey PRIMARY KEY (workspace, index),
  constraint ledger_leaf_workspace_stream_event_digest_key UNIQUE (workspace, stream, event, digest),
  constraint ledger_leaf_workspace_stream_stream_seq_key UNIQUE (workspace, stream, stream_seq)
);
CREATE INDEX ledger_leaf_by_event ON custody.ledger_leaf USING btree (workspace, event);
CREATE INDEX ledger_leaf_of_none ON custody.ledger_leaf USING btree (workspace, stream) WHERE (project IS NULL);
CREATE UNIQUE INDEX ledger_leaf_of_project ON custody.ledger_leaf USING btree (workspace, project, index) WHERE (project IS NOT NULL);
CREATE UNIQUE INDEX ledger_leaf_pkey ON custody.ledger_leaf USING btree (workspace, index);
CREATE UNIQUE INDEX ledger_leaf_workspace_stream_event_digest_key ON custody.ledger_leaf USING btree (workspace, stream, event, digest);
CREATE UNIQUE INDEX ledger_leaf_workspace_stream_stream_seq_key ON custody.ledger_leaf USING btree (workspace, stream, stream_seq);

table custody.ledger_log (
  workspace text not null,
  sequenced bigint not null default 0,
  integrated bigint not null default 0,
  published bigint not null default 0,
  subtrees bytea[] not null default '{}'::bytea[],
  origin text,
  verifier_key text,
  next_verifier_key text,
  constraint ledger_log_check CHECK (((published <= integrated) AND (integrated <= sequenced))),
  constraint ledger_log_pkey PRIMARY KEY (workspace)
);
CREATE UNIQUE INDEX ledger_log_pkey ON custody.ledger_log USING btree (workspace);

table custody.ledger_project (
  workspace text not null,
  project text not null,
  next_seq bigint not null,
  constraint ledger_project_pkey PRIMARY KEY (workspace, project)
);
CREATE UNIQUE INDEX ledger_project_pkey ON custody.ledger_project USING btree (workspace, project);

table custody.ledger_stream (
  workspace text not null,
  stream text not null,
  next_seq bigint not null,
  project text,
  constraint ledger_stream_pkey PRIMARY KEY (workspace, stream)
);
CREATE INDEX ledger_stream_by_project ON custody.ledger_stream USING btree (workspace, project) WHERE (project IS NOT NULL);
CREATE UNIQUE INDEX ledger_stream_pkey ON custody.ledger_stream USING btree (workspace, stream);

table custody.ledger_tile (
  workspace text not null,
  level integer not null,
  index bigint not null,
  bytes bytea storage e not null,
  constraint ledger_tile_pkey PRIMARY KEY (workspace, level, index)
);
CREATE UNIQUE INDEX ledger_tile_pkey ON custody.ledger_tile USING btree (workspace, level, index);

table custody.ledger_touch (
  workspace text not null,
  stream text not null,
  index bigint not null,
  constraint ledger_touch_pkey PRIMARY KEY (workspace, stream, index)
);
CREATE INDEX ledger_touch_in_order ON custody.ledger_touch USING btree (workspace, index);
CREATE UNIQUE INDEX ledger_touch_pkey ON custody.ledger_touch USING btree (workspace, stream, index);

table custody.ledger_writer (
  one boolean not null default true,
  epoch bigint not null,
  holder text not null,
  seen_at timestamp with time zone not null,
  constraint ledger_writer_one_check CHECK (one),
  constraint ledger_writer_pkey PRIMARY KEY (one)
);
CREATE UNIQUE INDEX ledger_writer_pkey ON custody.ledger_writer USING btree (one);

table custody.local_account (
  name text collate "C" not null,
  workspace text not null,
  person text not null,
  password text not null,
  failures integer not null default 0,
  locked_until timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  changed_at timestamp with time zone not null default now(),
  constraint local_account_pkey PRIMARY KEY (name)
);
CREATE UNIQUE INDEX local_account_pkey ON custody.local_account USING btree (name);

table custody.log_archive (
  topic text not null,
  partition integer not null,
  first bigint not null,
  next bigint not null,
  incarnation text not null,
  bytes bigint not null,
  digest text collate "C" not null,
  previous text collate "C",
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  archived_at timestamp with time zone not null default clock_timestamp(),
  verified_at timestamp with time zone,
  dropped_at timestamp with time zone,
  constraint log_archive_check CHECK ((first < next)),
  constraint log_archive_check1 CHECK (((first = 0) = (previous IS NULL))),
  constraint log_archive_check2 CHECK (((dropped_at IS NULL) OR (verified_at IS NOT NULL))),
  constraint log_archive_pkey PRIMARY KEY (topic, partition, first),
  constraint log_archive_topic_partition_next_key UNIQUE (topic, partition, next)
);
CREATE UNIQUE INDEX log_archive_pkey ON custody.log_archive USING btree (topic, partition, first);
CREATE UNIQUE INDEX log_archive_topic_partition_next_key ON custody.log_archive USING btree (topic, partition, next);

table custody.log_catalog_v1 partition of custody.log_record FOR VALUES IN ('runledger.catalog.v1') (value storage e);

table custody.log_console_v1 partition of custody.log_record FOR VALUES IN ('runledger.console.v1') (value storage e);

table custody.log_dead_v1 partition of custody.log_record FOR VALUES IN ('runledger.dead.v1') (value storage e);

table custody.log_group (
  group_name text not null,
  generation bigint not null,
  constraint log_group_pkey PRIMARY KEY (group_name)
);
CREATE UNIQUE INDEX log_group_pkey ON custody.log_group USING btree (group_name);

table custody.log_incarnation (
  one boolean not null default true,
  id text not null,
  constraint log_incarnation_one_check CHECK (one),
  constraint log_incarnation_pkey PRIMARY KEY (one)
);
CREATE UNIQUE INDEX log_incarnation_pkey ON custody.log_incarnation USING btree (one);

table custody.log_member (
  group_name text not null,
  member text not null,
  seen_at timestamp with time zone not null,
  constraint log_member_pkey PRIMARY KEY (group_name, member)
);
CREATE UNIQUE INDEX log_member_pkey ON custody.log_member USING btree (group_name, member);

table custody.log_metrics_v1 partition of custody.log_record FOR VALUES IN ('runledger.metrics.v1') (value storage e);

table custody.log_partition (
  topic text not null,
  partition integer not null,
  next_offset bigint not null default 0,
  appended timestamp with time zone not null default '-infinity'::timestamp with time zone,
  start_offset bigint not null default 0,
  constraint log_partition_check CHECK (((start_offset >= 0) AND (start_offset <= next_offset))),
  constraint log_partition_pkey PRIMARY KEY (topic, partition)
);
CREATE UNIQUE INDEX log_partition_pkey ON custody.log_partition USING btree (topic, partition);

table custody.log_record (
  topic text not null,
  partition integer not null,
  off bigint not null,
  appended timestamp with time zone not null default clock_timestamp(),
  key text not null,
  headers jsonb not null,
  value bytea storage e not null,
  constraint log_record_pkey PRIMARY KEY (topic, partition, off)
) partition by LIST (topic);
CREATE UNIQUE INDEX log_record_pkey ON ONLY custody.log_record USING btree (topic, partition, off);

table custody.log_runs_v1 partition of custody.log_record FOR VALUES IN ('runledger.runs.v1') (value storage e);

table custody.metric_key (
  number bigint not null generated always as identity,
  workspace text not null,
  key text not null,
  constraint metric_key_pkey PRIMARY KEY (number),
  constraint metric_key_workspace_key_key UNIQUE (workspace, key)
);
CREATE INDEX metric_key_in_order ON custody.metric_key USING btree (key COLLATE "C");
CREATE UNIQUE INDEX metric_key_pkey ON custody.metric_key USING btree (number);
CREATE UNIQUE INDEX metric_key_workspace_key_key ON custody.metric_key USING btree (workspace, key);

table custody.metric_range (
  partition integer not null,
  first_offset bigint not null,
  last_offset bigint not null,
  epoch bigint not null,
  dropped bigint[] not null,
  row_count bigint not null,
  digest text not null,
  projection_version integer not null,
  query_id text not null,
  done boolean not null default false,
  created_at timestamp with time zone not null default now(),
  constraint metric_range_pkey PRIMARY KEY (partition, first_offset)
);
CREATE UNIQUE INDEX metric_range_pkey ON custody.metric_range USING btree (partition, first_offset);

table custody.person (
  workspace text not null,
  id text collate "C" not null,
  issuer text not null,
  subject text not null,
  name text,
  email text,
  created_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  constraint person_pkey PRIMARY KEY (workspace, id),
  constraint person_workspace_issuer_subject_key UNIQUE (workspace, issuer, subject)
);
CREATE UNIQUE INDEX person_pkey ON custody.person USING btree (workspace, id);
CREATE UNIQUE INDEX person_workspace_issuer_subject_key ON custody.person USING btree (workspace, issuer, subject);

table custody.projection (
  name text not null,
  version integer not null,
  filling_version integer,
  swapping boolean not null default false,
  stage text,
  records bigint not null default 0,
  of_records bigint not null default 0,
  demand bigint not null default 0,
  met bigint not null default 0,
  demanded_by text,
  failed text,
  rebuilt bigint not null default 0,
  rebuilt_at timestamp with time zone,
  forgotten bigint not null default 0,
  constraint projection_pkey PRIMARY KEY (name)
);
CREATE UNIQUE INDEX projection_pkey ON custody.projection USING btree (name);

table custody.run_claim (
  workspace text not null,
  run text collate "C" not null,
  project text not null,
  constraint run_claim_pkey PRIMARY KEY (workspace, run)
);
CREATE UNIQUE INDEX run_claim_pkey ON custody.run_claim USING btree (workspace, run);

table custody.sealing (
  one boolean not null default true,
  since timestamp with time zone not null default now(),
  clear_before boolean not null,
  canary text not null,
  constraint sealing_one_check CHECK (one),
  constraint sealing_pkey PRIMARY KEY (one)
);
CREATE UNIQUE INDEX sealing_pkey ON custody.sealing USING btree (one);

table custody.secret (
  workspace text not null,
  id text collate "C" not null,
  owner text collate "C" not null,
  key text not null,
  sealed bytea not null,
  created_at timestamp with time zone not null default now(),
  constraint secret_pkey PRIMARY KEY (workspace, id)
);
CREATE INDEX secret_of_owner ON custody.secret USING btree (workspace, owner);
CREATE UNIQUE INDEX secret_pkey ON custody.secret USING btree (workspace, id);

table custody.series (
  number bigint not null generated always as identity,
  workspace text not null,
  run text not null,
  constraint series_pkey PRIMARY KEY (number),
  constraint series_workspace_run_key UNIQUE (workspace, run)
);
CREATE UNIQUE INDEX series_pkey ON custody.series USING btree (number);
CREATE UNIQUE INDEX series_workspace_run_key ON custody.series USING btree (workspace, run);

table custody.session (
  id text collate "C" not null,
  hash bytea not null,
  kind text not null,
  workspace text not null,
  actor text not null,
  grantee_kind text not null,
  grantee_id text not null,
  groups text[] not null,
  scopes text[] not null,
  projects text[],
  trust text,
  created_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  idle_seconds integer not null,
  expires_at timestamp with time zone not null,
  provider_session text,
  constraint session_hash_key UNIQUE (hash),
  constraint session_pkey PRIMARY KEY (id)
);
CREATE INDEX session_by_end ON custody.session USING btree (expires_at);
CREATE UNIQUE INDEX session_hash_key ON custody.session USING btree (hash);
CREATE UNIQUE INDEX session_pkey ON custody.session USING btree (id);

table custody.session_code (
  hash bytea not null,
  challenge text not null,
  session text not null,
  expires_at timestamp with time zone not null,
  constraint session_code_pkey PRIMARY KEY (hash)
);
CREATE UNIQUE INDEX session_code_pkey ON custody.session_code USING btree (hash);

table custody.webhook_crossing (
  workspace text not null,
  webhook text collate "C" not null,
  watch bigint not null,
  run text collate "C" not null,
  state text not null default 'found'::text,
  recorded_at timestamp with time zone not null,
  partition integer not null,
  off bigint not null,
  ord integer not null,
  metric text not null,
  step bigint not null,
  time bigint not null,
  value double precision not null,
  next_at timestamp with time zone not null default now(),
  constraint webhook_crossing_pkey PRIMARY KEY (workspace, webhook, watch, run)
);
CREATE INDEX webhook_crossing_found ON custody.webhook_crossing USING btree (next_at) WHERE (state = 'found'::text);
CREATE UNIQUE INDEX webhook_crossing_pkey ON custody.webhook_crossing USING btree (workspace, webhook, watch, run);

table custody.webhook_endpoint (
  workspace text not null,
  webhook text collate "C" not null,
  seq bigint not null,
  url text not null,
  events text[] not null,
  secret text,
  status text not null,
  place bigint not null,
  failures integer not null default 0,
  failing_since timestamp with time zone,
  next_at timestamp with time zone not null default now(),
  last_at timestamp with time zone,
  last_status integer,
  last_error text,
  delivered_at timestamp with time zone,
  holder text,
  held_until timestamp with time zone,
  condition text,
  watch bigint not null default 0,
  scope_kind text,
  scope_id text,
  constraint webhook_endpoint_pkey PRIMARY KEY (workspace, webhook)
);
CREATE INDEX webhook_endpoint_due ON custody.webhook_endpoint USING btree (next_at) WHERE (status = 'active'::text);
CREATE UNIQUE INDEX webhook_endpoint_pkey ON custody.webhook_endpoint USING btree (workspace, webhook);
CREATE INDEX webhook_endpoint_watching ON custody.webhook_endpoint USING btree (workspace) WHERE (condition IS NOT NULL);

table custody.webhook_entry (
  workspace text not null,
  place bigint not null,
  event text not null,
  source bytea not null,
  recorded_at timestamp with time zone not null,
  body text not null,
  webhook text collate "C",
  project text,
  experiment text,
  constraint webhook_entry_pkey PRIMARY KEY (workspace, place),
  constraint webhook_entry_workspace_source_key UNIQUE (workspace, source)
);
CREATE UNIQUE INDEX webhook_entry_pkey ON custody.webhook_entry USING btree (workspace, place);
CREATE UNIQUE INDEX webhook_entry_workspace_source_key ON custody.webhook_entry USING btree (workspace, source);

table custody.webhook_head (
  workspace text not null,
  place bigint not null,
  constraint webhook_head_pkey PRIMARY KEY (workspace)
);
CREATE UNIQUE INDEX webhook_head_pkey ON custody.webhook_head USING btree (workspace);

table custody.webhook_judgement (
  workspace text not null,
  run text collate "C" not null,
  event text collate "C" not null,
  ended_at timestamp with time zone not null,
  constraint webhook_judgement_pkey PRIMARY KEY (workspace, run, event)
);
CREATE INDEX webhook_judgement_by_age ON custody.webhook_judgement USING btree (ended_at);
CREATE UNIQUE INDEX webhook_judgement_pkey ON custody.webhook_judgement USING btree (workspace, run, event);

table custody.workspace (
  id text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  constraint workspace_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX workspace_pkey ON custody.workspace USING btree (id);

table custody.writer_receipt (
  number bigint not null generated always as identity,
  workspace text not null,
  run text not null,
  topic text not null,
  writer text not null,
  stored int8multirange not null default '{}'::int8multirange,
  points bigint not null default 0,
  constraint writer_receipt_pkey PRIMARY KEY (number),
  constraint writer_receipt_workspace_run_topic_writer_key UNIQUE (workspace, run, topic, writer)
);
CREATE UNIQUE INDEX writer_receipt_pkey ON custody.writer_receipt USING btree (number);
CREATE UNIQUE INDEX writer_receipt_workspace_run_topic_writer_key ON custody.writer_receipt USING btree (workspace, run, topic, writer);

table read.applied_event (
  workspace text not null,
  run text collate "C" not null,
  event text collate "C" not null,
  digest bytea not null,
  constraint applied_event_pkey PRIMARY KEY (workspace, run, event)
);
CREATE UNIQUE INDEX applied_event_pkey ON read.applied_event USING btree (workspace, run, event);

table read.approval (
  workspace text not null,
  model text collate "C" not null,
  approval text collate "C" not null,
  version bigint not null,
  meaning text not null,
  printed_name text not null,
  person text not null,
  actor text not null,
  evidence jsonb not null,
  withdrawn jsonb,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint approval_pkey PRIMARY KEY (workspace, model, approval, from_off, from_ord)
);
CREATE UNIQUE INDEX approval_current ON read.approval USING btree (workspace, model, approval) WHERE (to_off IS NULL);
CREATE INDEX approval_of_version ON read.approval USING btree (workspace, model, version) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX approval_pkey ON read.approval USING btree (workspace, model, approval, from_off, from_ord);

table read.board (
  workspace text not null,
  board text collate "C" not null,
  form text not null,
  name text not null,
  number integer not null,
  panels jsonb not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint board_pkey PRIMARY KEY (workspace, board, from_off, from_ord)
);
CREATE UNIQUE INDEX board_current ON read.board USING btree (workspace, board) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX board_pkey ON read.board USING btree (workspace, board, from_off, from_ord);

table read.catalog_progress (
  workspace text not null,
  journalseq bigint not null,
  constraint catalog_progress_pkey PRIMARY KEY (workspace)
);
CREATE UNIQUE INDEX catalog_progress_pkey ON read.catalog_progress USING btree (workspace);

table read.comment (
  workspace text not null,
  comment text collate "C" not null,
  about jsonb not null,
  text text not null,
  mentions jsonb not null,
  author text not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint comment_pkey PRIMARY KEY (workspace, comment, from_off, from_ord)
);
CREATE INDEX comment_about ON read.comment USING gin (about jsonb_path_ops) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX comment_current ON read.comment USING btree (workspace, comment) WHERE (to_off IS NULL);
CREATE INDEX comment_mentions ON read.comment USING gin (mentions jsonb_path_ops) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX comment_pkey ON read.comment USING btree (workspace, comment, from_off, from_ord);

table read.conflict (
  workspace text not null,
  run text collate "C" not null,
  kind text not null,
  name text collate "C" not null,
  off bigint not null,
  ord integer not null,
  item integer not null,
  event text collate "C" not null,
  digest bytea not null,
  value jsonb not null,
  time timestamp with time zone not null,
  actor text not null,
  constraint conflict_pkey PRIMARY KEY (workspace, run, event, item, digest)
);
CREATE INDEX conflict_in_order ON read.conflict USING btree (workspace, run, off, ord, item);
CREATE UNIQUE INDEX conflict_pkey ON read.conflict USING btree (workspace, run, event, item, digest);

table read.console_chunk (
  workspace text not null,
  run text collate "C" not null,
  event text collate "C" not null,
  digest bytea not null,
  off bigint not null,
  ord integer not null,
  time timestamp with time zone not null,
  actor text not null,
  writer text collate "C" not null,
  stream text not null,
  first_line bigint not null,
  line_times jsonb not null,
  lines jsonb not null,
  constraint console_chunk_pkey PRIMARY KEY (workspace, run, event)
);
CREATE UNIQUE INDEX console_chunk_in_order ON read.console_chunk USING btree (workspace, run, off, ord);
CREATE UNIQUE INDEX console_chunk_pkey ON read.console_chunk USING btree (workspace, run, event);

table read.dead_letter (
  group_name text not null,
  topic text not null,
  partition integer not null,
  off bigint not null,
  ord integer not null,
  workspace text,
  step text not null,
  code text not null,
  message text not null,
  time timestamp with time zone not null,
  constraint dead_letter_pkey PRIMARY KEY (group_name, topic, partition, off, ord)
);
CREATE INDEX dead_letter_by_age ON read.dead_letter USING btree ("time" DESC, group_name, topic, partition, off, ord);
CREATE UNIQUE INDEX dead_letter_pkey ON read.dead_letter USING btree (group_name, topic, partition, off, ord);

table read.experiment (
  workspace text not null,
  experiment text collate "C" not null,
  project text not null,
  name text collate "C" not null,
  lifecycle text not null,
  tags jsonb not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint experiment_pkey PRIMARY KEY (workspace, experiment, from_off, from_ord)
);
CREATE INDEX experiment_by_age ON read.experiment USING btree (workspace, created_seq DESC) WHERE (to_off IS NULL);
CREATE INDEX experiment_by_name ON read.experiment USING btree (workspace, name) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX experiment_current ON read.experiment USING btree (workspace, experiment) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX experiment_pkey ON read.experiment USING btree (workspace, experiment, from_off, from_ord);

table read.gate (
  workspace text not null,
  holder text collate "C" not null,
  target text collate "C" not null,
  place jsonb not null,
  objectives jsonb not null,
  approvals jsonb not null,
  before boolean not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint gate_pkey PRIMARY KEY (workspace, holder, target, from_off, from_ord)
);
CREATE UNIQUE INDEX gate_current ON read.gate USING btree (workspace, holder, target) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX gate_pkey ON read.gate USING btree (workspace, holder, target, from_off, from_ord);

table read.inventory (
  workspace text not null,
  model text collate "C" not null,
  owner text not null,
  tier text not null,
  validator text not null,
  purpose text not null,
  review_by text collate "C",
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint inventory_pkey PRIMARY KEY (workspace, model, from_off, from_ord)
);
CREATE INDEX inventory_by_review ON read.inventory USING btree (workspace, review_by) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX inventory_current ON read.inventory USING btree (workspace, model) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX inventory_pkey ON read.inventory USING btree (workspace, model, from_off, from_ord);

table read.logged_model (
  workspace text not null,
  logged_model text collate "C" not null,
  experiment text collate "C" not null,
  name text not null,
  run text collate "C",
  model_type text,
  status text not null,
  lifecycle text not null,
  params jsonb not null,
  tags jsonb not null,
  created_by text not null,
  changed_at timestamp with time zone not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint logged_model_pkey PRIMARY KEY (workspace, logged_model, from_off, from_ord)
);
CREATE UNIQUE INDEX logged_model_current ON read.logged_model USING btree (workspace, logged_model) WHERE (to_off IS NULL);
CREATE INDEX logged_model_of_experiment ON read.logged_model USING btree (workspace, experiment, created_seq DESC) WHERE (to_off IS NULL);
CREATE INDEX logged_model_of_run ON read.logged_model USING btree (workspace, run) WHERE ((to_off IS NULL) AND (run IS NOT NULL));
CREATE UNIQUE INDEX logged_model_pkey ON read.logged_model USING btree (workspace, logged_model, from_off, from_ord);

table read.logged_model_file (
  workspace text not null,
  logged_model text collate "C" not null,
  path text collate "C" not null,
  digest text not null,
  size bigint not null,
  media_type text not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint logged_model_file_pkey PRIMARY KEY (workspace, logged_model, from_off, from_ord)
);
CREATE INDEX logged_model_file_by_digest ON read.logged_model_file USING btree (digest) WHERE (to_off IS NULL);
CREATE INDEX logged_model_file_current ON read.logged_model_file USING btree (workspace, logged_model, md5(path)) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX logged_model_file_pkey ON read.logged_model_file USING btree (workspace, logged_model, from_off, from_ord);

table read.model (
  workspace text not null,
  model text collate "C" not null,
  name text collate "C" not null,
  description text not null,
  lifecycle text not null,
  tags jsonb not null,
  last_version integer not null,
  changed_at timestamp with time zone not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint model_pkey PRIMARY KEY (workspace, model, from_off, from_ord)
);
CREATE INDEX model_by_name ON read.model USING btree (workspace, name) WHERE ((to_off IS NULL) AND (lifecycle = 'active'::text));
CREATE UNIQUE INDEX model_current ON read.model USING btree (workspace, model) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX model_pkey ON read.model USING btree (workspace, model, from_off, from_ord);
CREATE INDEX model_tags ON read.model USING gin (tags jsonb_path_ops) WHERE (to_off IS NULL);

table read.model_alias (
  workspace text not null,
  model text collate "C" not null,
  alias text collate "C" not null,
  version integer not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint model_alias_pkey PRIMARY KEY (workspace, model, alias, from_off, from_ord)
);
CREATE UNIQUE INDEX model_alias_current ON read.model_alias USING btree (workspace, model, alias) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX model_alias_pkey ON read.model_alias USING btree (workspace, model, alias, from_off, from_ord);

table read.model_metric (
  workspace text not null,
  run text collate "C" not null,
  identity bytea not null,
  logged_model text collate "C" not null,
  key text collate "C" not null,
  value double precision not null,
  step bigint not null,
  time bigint not null,
  dataset_name text,
  dataset_digest text,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  constraint model_metric_pkey PRIMARY KEY (workspace, run, identity)
);
CREATE INDEX model_metric_of_model ON read.model_metric USING btree (workspace, logged_model, key);
CREATE UNIQUE INDEX model_metric_pkey ON read.model_metric USING btree (workspace, run, identity);

table read.model_version (
  workspace text not null,
  model text collate "C" not null,
  version text collate "C" not null,
  number integer not null generated always as ((version)::integer) stored,
  source text not null,
  location text not null,
  run text collate "C",
  run_link text,
  logged_model text collate "C",
  description text not null,
  stage text not null,
  tags jsonb not null,
  created_by text not null,
  changed_at timestamp with time zone not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  links jsonb not null default '[]'::jsonb,
  constraint model_version_pkey PRIMARY KEY (workspace, model, version, from_off, from_ord)
);
CREATE UNIQUE INDEX model_version_current ON read.model_version USING btree (workspace, model, number) WHERE (to_off IS NULL);
CREATE INDEX model_version_linked ON read.model_version USING btree (workspace) WHERE (links <> '[]'::jsonb);
CREATE INDEX model_version_of_logged_model ON read.model_version USING btree (workspace, logged_model) WHERE ((to_off IS NULL) AND (logged_model IS NOT NULL));
CREATE INDEX model_version_of_run ON read.model_version USING btree (workspace, run) WHERE ((to_off IS NULL) AND (run IS NOT NULL));
CREATE UNIQUE INDEX model_version_pkey ON read.model_version USING btree (workspace, model, version, from_off, from_ord);

table read.note (
  workspace text not null,
  run text collate "C" not null,
  text text not null,
  number integer not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint note_pkey PRIMARY KEY (workspace, run, from_off, from_ord)
);
CREATE UNIQUE INDEX note_current ON read.note USING btree (workspace, run) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX note_pkey ON read.note USING btree (workspace, run, from_off, from_ord);

table read.objective (
  workspace text not null,
  objective text collate "C" not null,
  number bigint not null,
  scope_kind text not null,
  scope_id text collate "C" not null,
  name text collate "C" not null,
  definition jsonb not null,
  defined_at timestamp with time zone not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint objective_pkey PRIMARY KEY (workspace, objective, from_off, from_ord)
);
CREATE UNIQUE INDEX objective_current ON read.objective USING btree (workspace, objective) WHERE (to_off IS NULL);
CREATE INDEX objective_of_scope ON read.objective USING btree (workspace, scope_kind, scope_id, name) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX objective_pkey ON read.objective USING btree (workspace, objective, from_off, from_ord);

table read.project (
  workspace text not null,
  project text collate "C" not null,
  name text collate "C" not null,
  description text not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint project_pkey PRIMARY KEY (workspace, project, from_off, from_ord)
);
CREATE INDEX project_by_age ON read.project USING btree (workspace, created_seq DESC) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX project_current ON read.project USING btree (workspace, project) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX project_pkey ON read.project USING btree (workspace, project, from_off, from_ord);

table read.rollup_watermark (
  partition integer not null,
  next_offset bigint not null,
  constraint rollup_watermark_pkey PRIMARY KEY (partition)
);
CREATE UNIQUE INDEX rollup_watermark_pkey ON read.rollup_watermark USING btree (partition);

table read.run (
  workspace text not null,
  run text collate "C" not null,
  project text not null,
  experiment text collate "C",
  name text,
  description text,
  status text not null,
  lifecycle text not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  message text,
  parent text,
  fork_run text,
  fork_step bigint,
  first_off bigint not null,
  first_ord integer not null,
  first_time timestamp with time zone not null,
  finish_off bigint,
  finish_ord integer,
  finish_time timestamp with time zone,
  sort_at timestamp with time zone not null generated always as (COALESCE(started_at, first_time)) stored,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  lp smallint not null,
  constraint run_pkey PRIMARY KEY (workspace, run, from_off, from_ord)
);
CREATE INDEX run_by_age ON read.run USING btree (workspace, sort_at DESC, run DESC) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX run_current ON read.run USING btree (workspace, run) WHERE (to_off IS NULL);
CREATE INDEX run_fork_of ON read.run USING btree (workspace, fork_run) WHERE (fork_run IS NOT NULL);
CREATE INDEX run_of_experiment ON read.run USING btree (workspace, experiment, sort_at DESC, run DESC) WHERE (to_off IS NULL);
CREATE INDEX run_of_parent ON read.run USING btree (workspace, parent) WHERE ((to_off IS NULL) AND (parent IS NOT NULL));
CREATE UNIQUE INDEX run_pkey ON read.run USING btree (workspace, run, from_off, from_ord);

table read.run_artifact (
  workspace text not null,
  run text collate "C" not null,
  path text collate "C" not null,
  digest text not null,
  size bigint not null,
  media_type text not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint run_artifact_pkey PRIMARY KEY (workspace, run, from_off, from_ord)
);
CREATE INDEX run_artifact_by_digest ON read.run_artifact USING btree (workspace, digest);
CREATE INDEX run_artifact_current ON read.run_artifact USING btree (workspace, run, md5(path)) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX run_artifact_pkey ON read.run_artifact USING btree (workspace, run, from_off, from_ord);

table read.run_code (
  workspace text not null,
  run text collate "C" not null,
  repository text,
  commit text,
  branch text,
  dirty boolean,
  diff_digest text,
  entrypoint text,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint run_code_pkey PRIMARY KEY (workspace, run, from_off, from_ord)
);
CREATE UNIQUE INDEX run_code_current ON read.run_code USING btree (workspace, run) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX run_code_pkey ON read.run_code USING btree (workspace, run, from_off, from_ord);

table read.run_environment (
  workspace text not null,
  run text collate "C" not null,
  host text,
  os text,
  runtime text,
  command text,
  cpus bigint,
  memory_bytes bigint,
  accelerators jsonb not null,
  packages jsonb not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint run_environment_pkey PRIMARY KEY (workspace, run, from_off, from_ord)
);
CREATE UNIQUE INDEX run_environment_current ON read.run_environment USING btree (workspace, run) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX run_environment_pkey ON read.run_environment USING btree (workspace, run, from_off, from_ord);

table read.run_fingerprint (
  workspace text not null,
  run text collate "C" not null,
  fingerprint text collate "C" not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint run_fingerprint_pkey PRIMARY KEY (workspace, run, from_off, from_ord)
);
CREATE UNIQUE INDEX run_fingerprint_current ON read.run_fingerprint USING btree (workspace, run) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX run_fingerprint_pkey ON read.run_fingerprint USING btree (workspace, run, from_off, from_ord);
CREATE INDEX run_of_fingerprint ON read.run_fingerprint USING btree (workspace, fingerprint);

table read.run_input (
  workspace text not null,
  run text collate "C" not null,
  identity bytea not null,
  name text collate "C" not null,
  digest text not null,
  context text not null,
  source text,
  source_type text,
  schema text,
  profile text,
  tags jsonb not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  constraint run_input_pkey PRIMARY KEY (workspace, run, identity)
);
CREATE INDEX run_input_by_digest ON read.run_input USING btree (workspace, digest);
CREATE UNIQUE INDEX run_input_pkey ON read.run_input USING btree (workspace, run, identity);

table read.run_link (
  workspace text not null,
  run text collate "C" not null,
  identity bytea not null,
  kind text collate "C" not null,
  uri text collate "C" not null,
  external_id text collate "C",
  version text collate "C",
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  constraint run_link_pkey PRIMARY KEY (workspace, run, identity)
);
CREATE INDEX run_link_by_uri ON read.run_link USING btree (workspace, md5(uri));
CREATE UNIQUE INDEX run_link_pkey ON read.run_link USING btree (workspace, run, identity);

table read.run_metric (
  series bigint not null,
  key bigint not null,
  step bigint not null,
  time bigint not null,
  value double precision not null,
  first_step bigint not null,
  first_time bigint not null,
  min double precision,
  max double precision,
  has_nan boolean not null,
  last_origin bigint not null,
  last_step bigint not null,
  last double precision not null,
  points bigint not null,
  unordered boolean not null,
  constraint run_metric_pkey PRIMARY KEY (series, key)
) partition by HASH (key);
CREATE INDEX run_metric_by_key ON ONLY read.run_metric USING btree (key, series);
CREATE UNIQUE INDEX run_metric_pkey ON ONLY read.run_metric USING btree (series, key);

table read.run_metric_0 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 0);

table read.run_metric_1 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 1);

table read.run_metric_10 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 10);

table read.run_metric_11 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 11);

table read.run_metric_12 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 12);

table read.run_metric_13 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 13);

table read.run_metric_14 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 14);

table read.run_metric_15 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 15);

table read.run_metric_2 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 2);

table read.run_metric_3 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 3);

table read.run_metric_4 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 4);

table read.run_metric_5 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 5);

table read.run_metric_6 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 6);

table read.run_metric_7 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 7);

table read.run_metric_8 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 8);

table read.run_metric_9 partition of read.run_metric FOR VALUES WITH (modulus 16, remainder 9);

table read.run_model_input (
  workspace text not null,
  run text collate "C" not null,
  logged_model text collate "C" not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  constraint run_model_input_pkey PRIMARY KEY (workspace, run, logged_model)
);
CREATE INDEX run_model_input_of_model ON read.run_model_input USING btree (workspace, logged_model);
CREATE UNIQUE INDEX run_model_input_pkey ON read.run_model_input USING btree (workspace, run, logged_model);

table read.run_output (
  workspace text not null,
  run text collate "C" not null,
  logged_model text collate "C" not null,
  step bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  constraint run_output_pkey PRIMARY KEY (workspace, run, logged_model, step)
);
CREATE INDEX run_output_of_model ON read.run_output USING btree (workspace, logged_model);
CREATE UNIQUE INDEX run_output_pkey ON read.run_output USING btree (workspace, run, logged_model, step);

table read.run_param (
  workspace text not null,
  run text collate "C" not null,
  key text collate "C" not null,
  kind text not null,
  value text not null,
  number double precision,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  short text collate "C" not null generated always as ("left"(value, 200)) stored,
  constraint run_param_pkey PRIMARY KEY (workspace, run, key)
);
CREATE INDEX run_param_by_number ON read.run_param USING btree (workspace, key, number) WHERE (number IS NOT NULL);
CREATE INDEX run_param_by_value ON read.run_param USING btree (workspace, key, short) INCLUDE (run);
CREATE UNIQUE INDEX run_param_pkey ON read.run_param USING btree (workspace, run, key);

table read.run_tag (
  workspace text not null,
  run text collate "C" not null,
  key text collate "C" not null,
  value text not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  short text collate "C" not null generated always as ("left"(value, 200)) stored,
  constraint run_tag_pkey PRIMARY KEY (workspace, run, key, from_off, from_ord)
);
CREATE INDEX run_tag_by_key ON read.run_tag USING btree (workspace, key, short) WHERE (to_off IS NOT NULL);
CREATE INDEX run_tag_by_value ON read.run_tag USING btree (workspace, key, short) INCLUDE (run) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX run_tag_current ON read.run_tag USING btree (workspace, run, key) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX run_tag_pkey ON read.run_tag USING btree (workspace, run, key, from_off, from_ord);

table read.run_writer (
  series bigint not null,
  writer bigint not null,
  first_step bigint not null,
  last_step bigint not null,
  first_time bigint not null,
  last_time bigint not null,
  points bigint not null,
  constraint run_writer_pkey PRIMARY KEY (series, writer)
);
CREATE UNIQUE INDEX run_writer_pkey ON read.run_writer USING btree (series, writer);

table read.saved_view (
  workspace text not null,
  view text collate "C" not null,
  experiment text collate "C" not null,
  name text collate "C" not null,
  search text not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  constraint saved_view_pkey PRIMARY KEY (workspace, view, from_off, from_ord)
);
CREATE INDEX saved_view_by_name ON read.saved_view USING btree (workspace, experiment, name) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX saved_view_current ON read.saved_view USING btree (workspace, view) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX saved_view_pkey ON read.saved_view USING btree (workspace, view, from_off, from_ord);

table read.webhook (
  workspace text not null,
  webhook text collate "C" not null,
  name text not null,
  description text not null,
  url text not null,
  events jsonb not null,
  secret text,
  status text not null,
  reason text,
  changed_at timestamp with time zone not null,
  created_at timestamp with time zone,
  created_seq bigint not null,
  seq bigint not null,
  from_off bigint not null,
  from_ord integer not null,
  from_time timestamp with time zone not null,
  from_actor text not null,
  to_off bigint,
  to_ord integer,
  to_time timestamp with time zone,
  to_actor text,
  condition text,
  scope jsonb,
  constraint webhook_pkey PRIMARY KEY (workspace, webhook, from_off, from_ord)
);
CREATE INDEX webhook_by_age ON read.webhook USING btree (workspace, created_seq DESC) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX webhook_current ON read.webhook USING btree (workspace, webhook) WHERE (to_off IS NULL);
CREATE UNIQUE INDEX webhook_pkey ON read.webhook USING btree (workspace, webhook, from_off, from_ord);

table read.writer_closed (
  workspace text not null,
  run text collate "C" not null,
  topic text not null,
  writer text collate "C" not null,
  batches bigint not null,
  points bigint not null,
  off bigint not null,
  ord integer not null,
  time timestamp with time zone not null,
  constraint writer_closed_pkey PRIMARY KEY (workspace, run, topic, writer)
);
CREATE UNIQUE INDEX writer_closed_pkey ON read.writer_closed USING btree (workspace, run, topic, writer);

table read.writer_receipt (
  workspace text not null,
  run text collate "C" not null,
  topic text not null,
  writer text collate "C" not null,
  stored int8multirange not null,
  constraint writer_receipt_pkey PRIMARY KEY (workspace, run, topic, writer)
);
CREATE UNIQUE INDEX writer_receipt_pkey ON read.writer_receipt USING btree (workspace, run, topic, writer);
