-- oldest code: 0045
-- Steps that somebody outside wakes. An answer may come at any moment: before its step is reached, while a worker is on
-- the run, and while the run waits. It never finds the run by a lock alone: whoever lets a run go that is to wait asks,
-- in that very write, whether an answer came that the worker has not read.
CREATE TABLE "open_wait" (
    "run_id" uuid NOT NULL,
    "path" text NOT NULL,
    "workspace_id" uuid NOT NULL,
    "kind" text NOT NULL,
    "asked" text,
    "opened_at" timestamptz(3),
    "due_at" timestamptz(3),
    "answered_at" timestamptz(3),
    "answer" text,
    "answered_from" text,
    "taken_at" timestamptz(3),
    "timed_out_at" timestamptz(3),
    CONSTRAINT "open_wait_pkey" PRIMARY KEY ("run_id", "path")
);

CREATE FUNCTION "wake_answered_run"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM open_wait w
    WHERE w.run_id = NEW.id AND w.opened_at IS NOT NULL AND w.answered_at IS NOT NULL AND w.taken_at IS NULL
  ) THEN
    NEW.wake_at := NULL;
    PERFORM graphile_worker.add_job('run', json_build_object('runId', NEW.id), max_attempts => 32767);
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER "wake_answered_run" BEFORE UPDATE OF "lease_token" ON "run" FOR EACH ROW
WHEN (OLD.lease_token IS NOT NULL AND NEW.lease_token IS NULL AND NEW.wake_at IS NOT NULL
      AND NEW.status IN ('waiting', 'retrying'))
EXECUTE FUNCTION "wake_answered_run"();
