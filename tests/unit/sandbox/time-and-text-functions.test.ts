import { beforeAll, describe, expect, it } from "vitest";
import { createEvaluator, type Evaluator } from "#lib/sandbox/evaluate-expression.ts";

let evaluator: Evaluator;
beforeAll(async () => {
  evaluator = await createEvaluator();
});

const world = { now: "2026-07-01T12:00:00.000Z", seed: "s" };

async function resultOf(source: string, input: unknown = {}): Promise<unknown> {
  const outcome = await evaluator.evaluate(source, input, world, 1000);
  if (outcome.kind === "value") return JSON.parse(outcome.json);
  return outcome.kind === "error" ? { error: outcome.message } : outcome.kind;
}

const error = (words: string) => ({ error: expect.stringContaining(words) as unknown });

describe("$fromMillis and $now", () => {
  it.each([
    ["Z", "2021-01-01T00:00:00.000Z"],
    ["UTC", "2021-01-01T00:00:00.000Z"],
    ["+05:00", "2021-01-01T05:00:00.000+05:00"],
    ["+0530", "2021-01-01T05:30:00.000+05:30"],
    ["-03", "2020-12-31T21:00:00.000-03:00"],
    ["-03:30", "2020-12-31T20:30:00.000-03:30"],
    ["-0930", "2020-12-31T14:30:00.000-09:30"],
    ["Europe/Berlin", "2021-01-01T01:00:00.000+01:00"],
    ["America/St_Johns", "2020-12-31T20:30:00.000-03:30"],
    ["Asia/Kathmandu", "2021-01-01T05:45:00.000+05:45"],
  ])("write a time in the zone %s", async (zone, expected) => {
    expect(await resultOf(`$fromMillis(1609459200000, undefined, "${zone}")`)).toBe(expected);
  });

  it("know summer time", async () => {
    expect(await resultOf('$now(undefined, "Europe/Berlin")')).toBe("2026-07-01T14:00:00.000+02:00");
    expect(await resultOf('$now("[H01]:[m01] [z]", "America/New_York")')).toBe("08:00 GMT-04:00");
  });

  it("fill the zone's parts of a picture", async () => {
    expect(await resultOf('$fromMillis(0, "[H01]:[m01] [Z]|[z]|[Z0101]|[[Z]]", "-03:30")')).toBe(
      "20:30 -03:30|GMT-03:30|-0330|[Z]",
    );
    expect(await resultOf('$fromMillis(0, "[H01]:[m01] [Z01:01t]", "Z")')).toBe("00:00 Z");
  });

  it.each(["CET", "EST", "PST", "+25:00", "Europe/Nowhere", "Mars", "5 hours", ""])(
    "refuse the zone %j in words",
    async (zone) => {
      expect(await resultOf(`$fromMillis(0, undefined, "${zone}")`)).toEqual(error("is not a time zone"));
      expect(await resultOf(`$now("[Y]", "${zone}")`)).toEqual(error("is not a time zone"));
    },
  );

  it("refuse an instant that no date holds", async () => {
    expect(await resultOf("$fromMillis(8640000000000001)")).toEqual(error("no date is"));
    expect(await resultOf('$fromMillis(8640000000000000, undefined, "+01:00")')).toEqual(error("no date is"));
    expect(await resultOf("$fromMillis(1e300)")).toEqual(error("no date is"));
  });
});

describe("$toMillis", () => {
  it.each([["2021-13-01T00:00:00Z"], ["2021-02-30"], ["2021-00-10"], ["2021-01-01T25:00:00Z"], ["2021-01-01.5"]])(
    "refuses %s",
    async (text) => {
      expect(await resultOf(`$toMillis("${text}")`)).toEqual(error("is not a date that exists"));
    },
  );

  it("refuses dates of a picture that do not exist, instead of moving them on", async () => {
    for (const text of ["13/01/2021", "02/30/2021", "02/29/2021"])
      expect(await resultOf(`$toMillis("${text}", "[M01]/[D01]/[Y0001]")`)).toEqual(error("is not a date that exists"));
    expect(await resultOf('$toMillis("25:61", "[H01]:[m01]")')).toEqual(error("is not a date that exists"));
  });

  it("reads what exists", async () => {
    expect(await resultOf('$toMillis("2024-02-29T12:00:00+05:30")')).toBe(Date.UTC(2024, 1, 29, 6, 30));
    expect(await resultOf('$toMillis("0099-03-01")')).toBe(Date.parse("0099-03-01"));
    expect(await resultOf('$toMillis("2021-01-01 00:00 -03:30", "[Y0001]-[M01]-[D01] [H01]:[m01] [Z]")')).toBe(
      Date.UTC(2021, 0, 1, 3, 30),
    );
    expect(await resultOf('$toMillis("02/29/2024", "[M01]/[D01]/[Y0001]")')).toBe(Date.UTC(2024, 1, 29));
    expect(await resultOf("$toMillis(nothing)")).toBe("nothing");
  });
});

describe("base64", () => {
  it("is right for all text, both ways", async () => {
    for (const text of ["", "a", "Zoë €", "日本語", "\u{1F600}", "\uFEFFx", "\u0000"]) {
      const input = {
        text,
        base64: Buffer.from(text).toString("base64"),
        url: Buffer.from(text).toString("base64url"),
      };
      expect(await resultOf("$base64encode(text)", input)).toBe(input.base64);
      expect(await resultOf("$base64decode(base64)", input)).toBe(text);
      expect(await resultOf("$base64urlencode(text)", input)).toBe(input.url);
      expect(await resultOf("$base64urldecode(url)", input)).toBe(text);
    }
    expect(await resultOf("$base64decode(t)", { t: "eyJu\nYW1l\r\nIjox fQ" })).toBe('{"name":1}');
  });

  it("says what is no base64 and what is no text", async () => {
    expect(await resultOf('$base64decode("é")')).toEqual(error("is not base64"));
    expect(await resultOf('$base64decode("abcde")')).toEqual(error("is not base64"));
    expect(await resultOf('$base64decode("/w==")')).toEqual(error("not UTF-8"));
    expect(await resultOf("$base64encode(t)", { t: "\ud800" })).toEqual(error("half of a character pair"));
  });
});

describe("$parseJson", () => {
  it("gives the value in a text", async () => {
    expect(await resultOf("$parseJson(message).orderId", { message: '{"orderId":5}' })).toBe(5);
    expect(await resultOf("list.$parseJson()", { list: ["[1]", '"a"', "null"] })).toEqual([1, "a", null]);
    expect(await resultOf("$parseJson(nothing)")).toBe("nothing");
  });

  it("says where a text stops being JSON", async () => {
    expect(await resultOf("$parseJson(t)", { t: '{"a":1,\n "b":x}' })).toEqual(error("line 2, column 6"));
    expect(await resultOf("$parseJson(t)", { t: "" })).toEqual(error("ends too early"));
    expect(await resultOf("$parseJson(t)", { t: "[".repeat(65) + "]".repeat(65) })).toEqual(error("too deeply"));
  });
});
