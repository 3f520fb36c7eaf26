-- oldest code: 0036
-- Whether the body a run went through is not what its headers say; null also where nobody has looked. Runs from before
-- carry no mark in lists; their own pages read the body anew. Without a default, so that the table is not rewritten.
ALTER TABLE "run" ADD COLUMN "body_deviates" boolean;
