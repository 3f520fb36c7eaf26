import { describe, expect, test } from "vitest";
import { foldJournal, type KeptPart } from "#lib/db/journal-fold.ts";
import { NOTHING_SAID, type PartContent, packPart, packWrite, readPart } from "#lib/db/journal-part.ts";
import type { DataRow, JournalWrite } from "#lib/engine/journal-rows.ts";
import { stepRow, tryRow } from "#tests/support/kept-journal.ts";

const value = (id: string, json: string, sealed: Uint8Array | null = null): DataRow => ({
  id,
  kind: "output",
  json,
  sealed,
});
const write = (more: Partial<JournalWrite>): JournalWrite => ({
  steps: [],
  attempts: [],
  data: [],
  run: { kind: "hold", name: null, progress: false },
  ...more,
});
const partOf = (number: number, content: Partial<PartContent>, writtenAt = new Date(number * 1_000)): KeptPart => {
  const packed = packPart({ ...NOTHING_SAID, ...content });
  if (packed === null) throw new Error("nothing in it");
  return { number, writtenAt, ...packed };
};

describe("a part", () => {
  test("gives back what was packed: rows, times, texts of any kind and seals, each its own", () => {
    const steps = [
      stepRow("a", { warnings: [{ kind: "blank", field: "To", source: "x" }], finishedAt: new Date(5) }),
      stepRow("orders/[3]/mail", { nextAttemptInMs: 1_500, startedAt: null, errorMessage: 'said "no"\n' }),
    ];
    const attempts = [tryRow("a"), tryRow("orders/[3]/mail", { number: 2, outcome: "failed", retryInMs: 1_500 })];
    const values = [
      value("1", '{"id":9007199254740993,"rate":1.0,"b":1,"a":2}'),
      value("2", '"\u{1F600} é \\ud800"', Buffer.from([1, 2, 3])),
      value("3", ""),
      value("4", "1e400", Buffer.from([4])),
    ];
    const content: PartContent = { ...NOTHING_SAID, steps, attempts, values };
    expect(readPart(packPart(content) ?? { rows: "", data: "", sealed: null })).toEqual(content);
  });

  test("is none when there is nothing to say", () => {
    expect(packPart(NOTHING_SAID)).toBeNull();
    expect(packWrite(write({})).part).toBeNull();
  });

  test("shows words that PostgreSQL cannot hold by signs for them", () => {
    const rows = packPart({ ...NOTHING_SAID, steps: [stepRow("a", { errorMessage: "a\0b\ud800c" })] });
    expect(rows && readPart(rows).steps[0]?.errorMessage).toBe("a\u2400b\ufffdc");
  });

  test("leaves large values apart, and so many small ones that a part stays small", () => {
    const large = value("large", "1".repeat(8_193));
    const small = Array.from({ length: 10 }, (_, index) => value(`small-${index}`, "2".repeat(8_000)));
    const { part, apart } = packWrite(write({ data: [large, ...small] }));
    expect(apart.map(({ id }) => id)).toEqual(["large", "small-8", "small-9"]);
    expect(part?.data.length).toBe(64_000);
  });
});

describe("a journal", () => {
  test("counts what was written last, with its own moment for what comes later", () => {
    const journal = foldJournal([
      partOf(1, { steps: [stepRow("a", { status: "running" })], attempts: [tryRow("a", { outcome: "started" })] }),
      partOf(2, {
        steps: [stepRow("a", { status: "retrying", nextAttemptInMs: 500 })],
        attempts: [tryRow("a", { outcome: "failed", retryInMs: 500 })],
        values: [value("v", "1")],
      }),
    ]);
    expect(journal.steps.get("a")).toMatchObject({ row: { status: "retrying" }, nextAttemptAt: new Date(2_500) });
    expect(journal.tries.get("a")).toMatchObject([{ row: { outcome: "failed" }, retryAt: new Date(2_500) }]);
    expect(journal.values.get("v")?.json).toBe("1");
    expect(journal.last).toBe(2);
  });

  test("ends its open steps where a part says so, and none that ended or began later", () => {
    const steps = [
      stepRow("done"),
      stepRow("open", { status: "retrying", nextAttemptInMs: 9 }),
      stepRow("known", { status: "needs a decision", errorCode: "egress", errorMessage: "no" }),
    ];
    const ended = (ends: "canceled" | "run-ended") =>
      Object.fromEntries(
        [...foldJournal([partOf(1, { steps }), partOf(2, { ends })]).steps].map(([path, { row, nextAttemptAt }]) => [
          path,
          [row.status, row.errorCode, nextAttemptAt],
        ]),
      );
    expect(ended("run-ended")).toEqual({
      done: ["succeeded", null, null],
      open: ["canceled", "run-ended", null],
      known: ["canceled", "egress", null],
    });
    expect(ended("canceled")).toMatchObject({ open: ["canceled", null, null] });
    const again = foldJournal([
      partOf(1, { steps }),
      partOf(2, { ends: "canceled" }),
      partOf(3, { steps: [stepRow("open", { status: "queued" })] }),
    ]);
    expect(again.steps.get("open")?.row.status).toBe("queued");
  });

  test("holds every try of a step in its order, whatever order they were written in", () => {
    const journal = foldJournal([
      partOf(1, { attempts: [tryRow("a", { number: 2 }), tryRow("b")] }),
      partOf(2, { attempts: [tryRow("a", { number: 10 }), tryRow("a", { number: 1 })] }),
    ]);
    expect(journal.tries.get("a")?.map(({ row }) => row.number)).toEqual([1, 2, 10]);
  });
});
