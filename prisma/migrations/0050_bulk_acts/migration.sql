-- oldest code: 0038
-- Acts on many runs: lib/db/bulk-acts.ts. The runs of one are counted and numbered when it is made, oldest first; those
-- up to done + refused are counted as acted on.
CREATE TABLE "bulk_act" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "kind" text NOT NULL,
  "actor_kind" text NOT NULL,
  "actor_id" text NOT NULL,
  "filter" text NOT NULL,
  "version" text NOT NULL,
  "per_second" integer NOT NULL,
  "state" text NOT NULL DEFAULT 'counted',
  "stop_reason" text,
  "total" integer NOT NULL,
  "done" integer NOT NULL DEFAULT 0,
  "refused" integer NOT NULL DEFAULT 0,
  "next_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "ended_at" timestamptz(3),
  CONSTRAINT "bulk_act_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "bulk_act_workspace_id_id_idx" ON "bulk_act" ("workspace_id", "id" DESC);
CREATE INDEX "bulk_act_running_idx" ON "bulk_act" ("next_at") WHERE "state" = 'running';

CREATE TABLE "bulk_item" (
  "bulk_id" uuid NOT NULL,
  "number" integer NOT NULL,
  "run_id" uuid NOT NULL,
  "state" text NOT NULL DEFAULT 'pending',
  "reason" text,
  "words" text,
  CONSTRAINT "bulk_item_pkey" PRIMARY KEY ("bulk_id", "number")
);
CREATE INDEX "bulk_item_refused_idx" ON "bulk_item" ("bulk_id", "reason", "number") WHERE "state" = 'refused';
