import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const BODY = '{"id":"evt_1","n":1.0,"name":"caf\u00e9"}';
const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const SECRETS = { utf8: KEY.toString("utf8"), base64: KEY.toString("base64"), hex: KEY.toString("hex") };
const TIMES = {
  seconds: (at: Date) => String(at.getTime() / 1000),
  milliseconds: (at: Date) => String(at.getTime()),
  iso8601: (at: Date) => at.toISOString(),
  "http-date": (at: Date) => at.toUTCString(),
};
const ALGORITHMS = ["sha256", "sha1", "sha384", "sha512"] as const;
const ENCODINGS = ["hex", "base64", "base64url"] as const;
const cases = ALGORITHMS.flatMap((algorithm) =>
  ENCODINGS.flatMap((encoding) =>
    (["utf8", "base64", "hex"] as const).flatMap((secretEncoding) =>
      (Object.keys(TIMES) as Array<keyof typeof TIMES>).map(
        (format) => [algorithm, encoding, secretEncoding, format] as const,
      ),
    ),
  ),
);

test.each(cases)("%s in %s with a %s secret and time in %s", async (algorithm, encoding, secretEncoding, format) => {
  const provider = getProvider("generic-hmac");
  const settings = {
    secrets: [`key_${SECRETS[secretEncoding]}`],
    publicUrl: "https://hooks.example.com/in/abc",
    options: {
      header: "X-Sig",
      prefix: "v1:",
      algorithm,
      encoding,
      secretEncoding,
      secretPrefix: "key_",
      timestampHeader: "X-Time",
      timestampFormat: format,
      toleranceSeconds: "60",
      template: "{method} {url}\\n{header:X-Id}|{timestamp}|{body:id}|{body}",
    },
  };
  const judge = async (at: Date, body = BODY, id = "d1") => {
    const time = TIMES[format](at);
    const text = `POST https://hooks.example.com/in/abc\n${id}|${time}|evt_1|${body}`;
    const headers: HeaderList = [
      ["Content-Type", "application/json"],
      ["X-Id", "d1"],
      ["X-Time", time],
      ["X-Sig", `v1:${createHmac(algorithm, KEY).update(text).digest(encoding)}`],
    ];
    const result = await verify(
      provider,
      { method: "POST", url: "/in/abc", headers, body: Buffer.from(BODY) },
      settings,
      { now: NOW },
    );
    return result.kind === "rejected" ? result.reason : result.kind;
  };
  expect(await judge(NOW)).toBe("verified");
  expect(await judge(NOW, `${BODY} `)).toBe("signature-mismatch");
  expect(await judge(NOW, BODY, "d2")).toBe("signature-mismatch");
  expect(await judge(new Date(NOW.getTime() - 60_000))).toBe("verified");
  expect(await judge(new Date(NOW.getTime() - 61_000))).toBe("timestamp-too-old");
  expect(await judge(new Date(NOW.getTime() + 61_000))).toBe("timestamp-in-future");
});
