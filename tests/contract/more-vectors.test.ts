import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readVector, verifyVector } from "#lib/webhooks/verify-vector.ts";

type Made = { readonly id: string; readonly expect: "accept" | "reject"; readonly why: string };

/**
 * Signed by a second implementation, in another language, from the senders' documents alone; deliveries of senders the
 * first vectors leave out.
 */
const vectors = JSON.parse(readFileSync("tests/fixtures/more-vectors.json", "utf8")) as Made[];

test.each(vectors.map((vector) => [vector.id, vector] as const))("%s", async (_, vector) => {
  const reading = readVector(vector, new Date(0));
  if (reading.kind === "invalid") throw new Error(reading.message);
  expect((await verifyVector(reading.vector)).kind === "verified", vector.why).toBe(vector.expect === "accept");
});
