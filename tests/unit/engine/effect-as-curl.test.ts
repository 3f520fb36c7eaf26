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

/** What a real shell makes of the command: the arguments curl would get. */
function argumentsOf(command: string): string[] {
  const script = `curl() { for a in "$@"; do printf '%s\\0' "$a"; done; }\nTOKEN=t0k BASIC=YTpi KEY=k3y\n${command}\n`;
  return execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

test("gives a shell exactly the planned method, address, headers and body, whatever they hold", () => {
  const text = fc.string({ unit: "binary", maxLength: 60 }).map((value) => value.replaceAll("\0", "").toWellFormed());
  fc.assert(
    fc.property(text, text, text, (url, value, body) => {
      const effect: HttpEffect = {
        ...base,
        url: `https://a.dev/${url}`,
        headers: [["X-A", value]],
        body: { text: body },
      };
      expect(argumentsOf(effectAsCurl(effect))).toEqual([
        "-X",
        "POST",
        `https://a.dev/${url}`,
        "-H",
        `X-A: ${value}`,
        "--data-binary",
        body,
      ]);
    }),
    { seed: 7, numRuns: 60 },
  );
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
});

test("shows secrets as dots", () => {
  expect(shownText(["Basic ", { slot: { connectionId: "c", version: 1, field: "basic" } }])).toBe("Basic ••••");
});
