import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { run } from "../../../bin/commands/eval.ts";

type Line = {
  id: unknown;
  ok: boolean;
  value?: unknown;
  nothing?: boolean;
  error?: { code: string; message: string; position?: number };
  ms: number;
};

async function evaluate(lines: Iterable<string>): Promise<{ code: number; answers: Line[] }> {
  const answers: Line[] = [];
  const stdin = Readable.from(lines);
  const code = await run([], {
    stdin,
    write: async (line) => void answers.push(JSON.parse(line) as Line),
    now: () => new Date("2026-01-02T03:04:05.000Z"),
  });
  return { code, answers };
}

const toLine = (id: unknown, expression: string, input: unknown) => `${JSON.stringify({ id, expression, input })}\n`;

describe("hookline eval", () => {
  it("answers every line, in order, with the value, nothing, or the error", async () => {
    const { code, answers } = await evaluate([
      toLine("a", "$sum(items.price)", { items: [{ price: 2 }, { price: 3.5 }] }),
      toLine(2, "missing", {}),
      toLine(null, "x", { x: null }),
      toLine("e", 'x + "1"', { x: 1 }),
      toLine("t", "$now()", {}),
    ]);
    expect(code).toBe(0);
    expect(answers).toMatchObject([
      { id: "a", ok: true, value: 5.5 },
      { id: 2, ok: true, nothing: true },
      { id: null, ok: true, value: null },
      { id: "e", ok: false, error: { code: "T2002", position: 3 } },
      { id: "t", ok: true, value: "2026-01-02T03:04:05.000Z" },
    ]);
  });

  it("gives a bad line an error line and goes on", async () => {
    const { code, answers } = await evaluate([
      "{oops\n",
      "[1]\n",
      '{"id":7}\n',
      '{"id":8,"expression":5}\n',
      "\n",
      toLine(9, "1+1", null).trim(),
    ]);
    expect(code).toBe(1);
    expect(answers.map(({ id, ok, value, error }) => [id, ok, value ?? error?.code])).toEqual([
      [null, false, "bad-line"],
      [null, false, "bad-line"],
      [7, false, "bad-line"],
      [8, false, "bad-line"],
      [9, true, 2],
    ]);
  });

  it("refuses a line that is too long without keeping it", async () => {
    function* lines() {
      yield '{"id":1,"expression":"1","input":"';
      for (let chunk = 0; chunk < 200; chunk++) yield "x".repeat(100_000);
      yield `"}\n${toLine(2, "2", null)}`;
    }
    const { answers } = await evaluate(lines());
    expect(answers).toMatchObject([
      { ok: false, error: { code: "bad-line" } },
      { id: 2, value: 2 },
    ]);
  });

  it("answers thousands of lines that come in odd pieces", async () => {
    const text = Array.from({ length: 3_000 }, (_, id) =>
      toLine(id, '"é" & $string(n * 2) & $uppercase("a")', { n: id }),
    ).join("");
    const bytes = Buffer.from(text);
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 1_021) pieces.push(bytes.subarray(at, at + 1_021));
    const { answers } = await evaluate(pieces as unknown as string[]);
    expect(answers.map(({ value }) => value)).toEqual(Array.from({ length: 3_000 }, (_, id) => `é${id * 2}A`));
  });
});
