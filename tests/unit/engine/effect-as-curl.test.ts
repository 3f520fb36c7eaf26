import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HttpEffect } from "#lib/engine/effect.ts";
import { effectAsCurl, shownText } from "#lib/engine/effect-as-curl.ts";

const base: HttpEffect = {
  kind: "http",
  method: "POST",
  url: "https://a.dev/",
  headers: [],
  body: null,
  timeoutMs: 1_000,
  redirectsMax: 0,
  responseBytesMax: 1,
};

/** What a real shell makes of commands: the arguments each curl would get, and what it would read, as bytes. */
function runAll(commands: readonly string[]): { given: string[]; read: Buffer }[] {
  const script = `curl() {
  for a in "$@"; do printf '%s\\0' "$a"; done
  printf '<read>'
  case "$*" in *@-) cat;; esac
  printf '<end>'
}
TOKEN=t0k BASIC=YTpi KEY=k3y
${commands.join("\n")}
`;
  const runs = execFileSync("/bin/sh", { input: script }).toString("latin1").split("<end>").slice(0, -1);
  return runs.map((run) => {
    const [given = "", read = ""] = run.split("<read>");
    return { given: given.split("\0").slice(0, -1), read: Buffer.from(read, "latin1") };
  });
}

function runOf(command: string): { given: string[]; read: Buffer } {
  return runAll([command])[0] ?? { given: [], read: Buffer.alloc(0) };
}

/** The arguments as text. */
const argumentsOf = (command: string) => runOf(command).given.map((one) => Buffer.from(one, "latin1").toString());

test("gives a shell exactly the planned method, address, headers and body, whatever they hold", () => {
  const sign = fc.integer({ min: 1, max: 0x1f6ff }).map((code) => String.fromCodePoint(code).toWellFormed());
  const text = fc.string({ unit: fc.oneof(sign, fc.constantFrom("'", '"', "$", "`", "\\", "\n", "%")), maxLength: 60 });
  const byte = fc.string({
    unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: 60,
  });
  const calls = fc.sample(fc.tuple(text, byte, text), { seed: 7, numRuns: 40 }).map(([url, bytes, body]) => {
    // No header's value has a line break at its end.
    const value = `${bytes.trim()}.`;
    const headers = [["X-A", value] as const, ["Content-Type", "text/plain"] as const];
    const effect: HttpEffect = { ...base, url: `https://a.dev/${url}`, headers, body: { text: body } };
    const wanted = [
      ["-X", "POST", `https://a.dev/${url}`].map(latin1),
      ["-H", latin1(`X-A: ${value}`), "-H", "Content-Type: text/plain"],
      ["--data-raw", body].map(latin1),
    ].flat();
    return { command: effectAsCurl(effect), wanted };
  });
  const runs = runAll(calls.map(({ command }) => command));
  expect(runs).toHaveLength(40);
  for (const [index, { given }] of runs.entries())
    expect(given.filter((one) => one !== "--globoff")).toEqual(calls[index]?.wanted);
});

const latin1 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

test("sends a body in the character set it was planned in, and no type where none was planned", () => {
  const command = effectAsCurl({ ...base, body: { text: "Größe", charset: "iso-8859-1" } });
  expect(runOf(command).read.toString("latin1")).toBe("Größe");
  expect(argumentsOf(command)).toContain("Content-Type:");
  const long = effectAsCurl({ ...base, body: { text: "ü".repeat(80_000) } });
  expect(runOf(long).read.toString()).toBe("ü".repeat(80_000));
});

test("names no file, asks for no pattern, keeps an empty header, and does not wait for the body of a HEAD", () => {
  const command = effectAsCurl({
    ...base,
    url: "https://a.dev/?a[0]={1}",
    headers: [["X-Empty", ""]],
    body: { text: "@/etc/passwd" },
    redirectsMax: 5,
  });
  expect(argumentsOf(command)).toEqual(
    ["-X", "POST", "--globoff", "https://a.dev/?a[0]={1}", "-H", "X-Empty;", "-H", "Content-Type:", "-L"].concat([
      "--max-redirs",
      "5",
      "--data-raw",
      "@/etc/passwd",
    ]),
  );
  expect(argumentsOf(effectAsCurl({ ...base, method: "HEAD" }))).toEqual(["-I", "https://a.dev/"]);
});

test("puts variables where secrets belong", () => {
  const slot = { slot: { connectionId: "c", version: 1, field: "token" } };
  const command = effectAsCurl({ ...base, headers: [["Authorization", ["Bearer ", slot]]] });
  expect(command).toContain("$TOKEN");
  expect(argumentsOf(command)).toContain("Authorization: Bearer t0k");
});

test("sends bytes that are no text through base64", () => {
  const command = effectAsCurl({ ...base, body: { base64: Buffer.from([0, 255, 10]).toString("base64") } });
  expect(command).toMatch(/^printf %s 'AP8K' \| base64 -d \| curl -X 'POST'/);
  expect([...runOf(command).read]).toEqual([0, 255, 10]);
});

test("shows secrets as dots", () => {
  expect(shownText(["Basic ", { slot: { connectionId: "c", version: 1, field: "basic" } }])).toBe("Basic ••••");
});
