-- Values are found by the ids in step_run, attempt and run; nothing looks them up by run, and six are written for each.
DROP INDEX "step_data_run_id_idx";
