-- What the sender of an event was told where a flow answers, and what the flow said. Partitions: lib/db/partitions.ts.
CREATE TABLE "event_answer" (
  "event_id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "given" text,
  "given_ms" integer,
  "status" integer,
  "headers" text,
  "body" text,
  "run_id" uuid,
  "path" text,
  CONSTRAINT "event_answer_pkey" PRIMARY KEY ("event_id")
) PARTITION BY RANGE ("event_id");
