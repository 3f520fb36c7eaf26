-- A replay may run with another body than its event came with; the value is kept beside the run's other values.
ALTER TABLE "run" ADD COLUMN "trigger_data_id" uuid;
