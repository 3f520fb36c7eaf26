-- What a run still needs of a value that held a secret: "data" has the secret taken out, "sealed" is the whole, encrypted.
ALTER TABLE "step_data" ADD COLUMN "sealed" bytea;
