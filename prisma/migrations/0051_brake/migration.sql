-- oldest code: 0051
-- A workspace whose brake is on: nothing it has begins, but what is let through. Workers that do not know the table would
-- go on.
CREATE TABLE "brake" (
  "workspace_id" uuid NOT NULL,
  "since" timestamptz(3) NOT NULL DEFAULT now(),
  "reason" text NOT NULL DEFAULT '',
  "released_flows" uuid[] NOT NULL DEFAULT '{}',
  "per_minute" integer,
  "let_at" timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT "brake_pkey" PRIMARY KEY ("workspace_id")
);
