-- oldest code: 0037
-- A step's row and its attempt are written before the effect and once more after it. With room left on its page the
-- second version needs no new index entry. Pages that are full already stay as they are.
ALTER TABLE "step_run" SET (fillfactor = 60);
ALTER TABLE "attempt" SET (fillfactor = 50);
