-- How often a run was taken up without getting further for reasons outside of it (the database was away, its worker was
-- stopped or killed around it). Those claims are taken off "claims", which is held against the run; this bounds them.
ALTER TABLE "run" ADD COLUMN "faults" integer NOT NULL DEFAULT 0;
