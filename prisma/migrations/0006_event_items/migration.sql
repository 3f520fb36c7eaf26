-- One request with a list of events stays one event; each of its items is known by itself and may have runs of its own.
ALTER TABLE "event" ADD COLUMN "item_count" integer;
ALTER TABLE "run" ADD COLUMN "item_index" integer;
CREATE TABLE "event_item" (
  "event_id" uuid NOT NULL,
  "item_index" integer NOT NULL,
  "workspace_id" uuid NOT NULL,
  "endpoint_id" uuid NOT NULL,
  "dedupe_key" text NOT NULL,
  "duplicate" boolean NOT NULL,
  "event_type" text,
  "delivery_id" text,
  "data_id" uuid,
  CONSTRAINT "event_item_pkey" PRIMARY KEY ("event_id", "item_index")
);
-- The truth about items seen before: of the rows with one key, one is no duplicate. A partial index, which the schema
-- language cannot say.
CREATE UNIQUE INDEX "event_item_first_key" ON "event_item" ("endpoint_id", "dedupe_key") WHERE NOT "duplicate";
