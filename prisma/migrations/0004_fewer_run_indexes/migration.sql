-- A run's row changes three times in its short life, and each time every index of it is written again. Ids are uuidv7:
-- (workspace_id, id) answers questions about time too. States are looked up only where they are rare.
DROP INDEX "run_created_idx";
DROP INDEX "run_workspace_status_idx";
CREATE INDEX "run_unusual_idx" ON "run" ("workspace_id", "status", "id" DESC)
  WHERE "status" NOT IN ('queued', 'running', 'succeeded');
