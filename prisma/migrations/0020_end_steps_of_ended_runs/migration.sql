-- oldest code: 0011
-- A stop inside a loop, and a run that failed while another item waited, left steps open for ever. They end with their run.
UPDATE "step_run" s SET
  "status" = 'canceled',
  "next_attempt_at" = NULL,
  "finished_at" = coalesce(r."finished_at", now()),
  "error_code" = coalesce(s."error_code", 'run-ended'),
  "error_message" = CASE WHEN s."error_code" IS NULL THEN 'The run ended before this step was done.' ELSE s."error_message" END
FROM "run" r
WHERE r."id" = s."run_id"
  AND r."status" IN ('succeeded', 'failed', 'filtered', 'canceled')
  AND s."status" IN ('queued', 'running', 'waiting', 'retrying', 'needs a decision');
