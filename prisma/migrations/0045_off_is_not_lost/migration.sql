-- oldest code: 0038
-- Since when a flow is off, and between which moments its events were missed the last time it was off. A flow that is
-- off now was turned off when the audit log says so.
ALTER TABLE "flow" ADD COLUMN "off_since" timestamptz(3);
ALTER TABLE "flow" ADD COLUMN "missed_from" timestamptz(3);
ALTER TABLE "flow" ADD COLUMN "missed_to" timestamptz(3);
UPDATE "flow" f SET "off_since" = a.at, "missed_from" = a.at
FROM (
  SELECT "workspace_id", "target_id", max("at") AS at FROM "audit_entry"
  WHERE "action" = 'flow.off' AND "target_kind" = 'flow' GROUP BY "workspace_id", "target_id"
) a
WHERE NOT f."on" AND f."live_version_id" IS NOT NULL AND a."workspace_id" = f."workspace_id"
  AND a."target_id" = f."id"::text;

-- Runs that are being started for events a flow missed: lib/db/catch-ups.ts. Of one flow at most one goes on.
CREATE TABLE "catch_up" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "flow_id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  "endpoint_id" uuid NOT NULL,
  "event_types" text[],
  "choice" text NOT NULL,
  "from_id" uuid NOT NULL,
  "until_id" uuid NOT NULL,
  "chosen_events" uuid[],
  "chosen_items" integer[],
  "total" integer NOT NULL,
  "started" integer NOT NULL DEFAULT 0,
  "state" text NOT NULL DEFAULT 'running',
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "ended_at" timestamptz(3),
  CONSTRAINT "catch_up_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "catch_up_flow_id_id_idx" ON "catch_up" ("flow_id", "id" DESC);
CREATE UNIQUE INDEX "catch_up_running_key" ON "catch_up" ("flow_id") WHERE "state" = 'running';
