-- oldest code: 0036
-- What of a step's values is worth a mark (digits that were lost, blank texts), as a small JSON text. Text, not jsonb:
-- an expression may hold escapes that jsonb refuses. Steps written by older code have none. Older code asks for every
-- column of this table in a prepared statement, which PostgreSQL refuses once the table has another one.
ALTER TABLE "step_run" ADD COLUMN "warnings" text;
