-- oldest code: 0011
-- When live flows with a schedule are due next: lib/db/flow-schedules.ts. A flow that is off has no row.
CREATE TABLE "flow_schedule" (
  "flow_id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  "cron" text NOT NULL,
  "zone" text NOT NULL,
  "missed" text NOT NULL,
  "next_at" timestamptz(3),
  CONSTRAINT "flow_schedule_pkey" PRIMARY KEY ("flow_id")
);
CREATE INDEX "flow_schedule_next_at_idx" ON "flow_schedule" ("next_at");
