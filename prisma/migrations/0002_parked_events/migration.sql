-- Resuming an endpoint, and the sweep after it, look for parked events only: a partial index the schema language cannot say.
CREATE INDEX "event_parked_idx" ON "event" ("endpoint_id", "id") WHERE "verdict" = 'parked';
