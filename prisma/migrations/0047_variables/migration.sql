-- oldest code: 0011
-- Plain values of a workspace that expressions read as vars.name: lib/db/variables.ts. json: the value as it was written.
CREATE TABLE "variable" (
  "workspace_id" uuid NOT NULL,
  "name" text NOT NULL,
  "json" text NOT NULL,
  "updated_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "variable_pkey" PRIMARY KEY ("workspace_id", "name")
);
