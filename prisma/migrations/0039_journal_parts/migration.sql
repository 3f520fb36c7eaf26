-- oldest code: 0039
-- What a write says of a run's steps is one appended row, split by the UTC day of the run's id. Partitions are made at
-- start and hourly (lib/db/partitions.ts), never here.
CREATE TABLE "journal_part" (
  "run_id" uuid NOT NULL,
  "number" integer NOT NULL,
  "workspace_id" uuid NOT NULL,
  "written_at" timestamptz(3) NOT NULL DEFAULT now(),
  "rows" text NOT NULL,
  "data" text NOT NULL,
  "sealed" bytea,
  CONSTRAINT "journal_part_pkey" PRIMARY KEY ("run_id", "number")
) PARTITION BY RANGE ("run_id");

-- Earlier versions kept a row for each step and each try. They are moved in slices behind the work, and read where they
-- are until then (lib/db/old-journal.ts). Under another name no worker of an earlier version can write to them, or take a
-- run for one that did nothing yet.
ALTER TABLE "step_run" RENAME TO "old_step_run";
ALTER TABLE "attempt" RENAME TO "old_attempt";
