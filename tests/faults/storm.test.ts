import { describe, expect, test } from "vitest";
import { breaches } from "#tests/support/chaos/audit.ts";
import { useStorms } from "#tests/support/chaos/storm.ts";

const KILLS = Number(process.env["HOOKLINE_STORM_KILLS"] ?? 12);
const storm = useStorms();

describe("while worker, database and web are killed at random", () => {
  test("every 2xx has exactly one event and one finished run; no target gets other bytes under one key", async () => {
    const result = await storm(`storm of ${KILLS} kills`, KILLS);
    expect(result.acked).toBeGreaterThan(500);
    expect(breaches(result)).toEqual({});
  });

  test("a database that dies again and again makes no run guilty of it", async () => {
    const result = await storm("storm of 8 database kills", 8, { victims: ["postgres"], answerMs: 100 });
    expect(breaches(result)).toEqual({});
  });
});
