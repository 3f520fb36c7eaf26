-- Attempts to sign in, counted for all web processes together: lib/db/sign-in-counts.ts.
-- Unlogged: a count lasts a minute, and an attempt then waits for no disk. A crash of Postgres forgets it.
CREATE UNLOGGED TABLE "sign_in_count" (
  "key" text NOT NULL,
  "attempts" integer NOT NULL,
  "ends_at" timestamptz(3) NOT NULL,
  CONSTRAINT "sign_in_count_pkey" PRIMARY KEY ("key")
);
CREATE INDEX "sign_in_count_ends_at_idx" ON "sign_in_count" ("ends_at");
