-- oldest code: 0011
-- Runs that wait until their flow, workspace or target has a place free: lib/db/held-back-runs.ts. They have no job.
CREATE TABLE "held_back_run" (
  "run_id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "gate_kind" text NOT NULL,
  "gate_key" text NOT NULL,
  "since" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "held_back_run_pkey" PRIMARY KEY ("run_id")
);
CREATE INDEX "held_back_run_gate_idx" ON "held_back_run" ("workspace_id", "gate_kind", "gate_key", "run_id");
