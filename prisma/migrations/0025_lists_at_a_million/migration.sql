-- oldest code: 0011
-- Lists, filters and counts over a million runs and events. None of these columns changes while a run is under way.

-- Tests and replays are few among runs, and so are the replays of one run.
CREATE INDEX "run_unusual_kind_idx" ON "run" ("workspace_id", "kind", "id" DESC) WHERE "kind" <> 'event';
CREATE INDEX "run_replay_of_idx" ON "run" ("replay_of", "id" DESC) WHERE "replay_of" IS NOT NULL;

-- Which endpoints and event types stand in 16 pages of runs, one entry for some 400 of them: what is rare or not there is
-- found without a look at the others, and a run written costs next to nothing (a tree would take an entry for each).
CREATE INDEX "run_origin_idx" ON "run" USING brin ("endpoint_id" uuid_bloom_ops, "event_type" text_bloom_ops)
  WITH (pages_per_range = 16, autosummarize = on);

-- An endpoint's requests are listed by verdict. A workspace's events are only counted by hour, which their ids do as well.
CREATE INDEX "event_endpoint_id_verdict_id_idx" ON "event" ("endpoint_id", "verdict", "id" DESC);
DROP INDEX "event_workspace_id_id_idx";

-- Both are listed in the order of their ids.
CREATE INDEX "audit_entry_workspace_id_id_idx" ON "audit_entry" ("workspace_id", "id" DESC);
DROP INDEX "audit_entry_workspace_id_at_idx";
CREATE INDEX "outbox_mail_workspace_id_id_idx" ON "outbox_mail" ("workspace_id", "id" DESC);
DROP INDEX "outbox_mail_workspace_id_created_at_idx";

-- Refusals are counted for ever, and shown of the last day.
CREATE INDEX "refusal_count_workspace_id_hour_idx" ON "refusal_count" ("workspace_id", "hour");
