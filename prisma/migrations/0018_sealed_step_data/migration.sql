-- oldest code: 0018
-- What a run still needs of a value that held a secret: "data" has the secret taken out, "sealed" is the whole, encrypted. Code that
-- does not know it would go on with, and send, what has the secret taken out.
ALTER TABLE "step_data" ADD COLUMN "sealed" bytea;
