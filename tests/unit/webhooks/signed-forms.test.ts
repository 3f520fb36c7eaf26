import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { listFields } from "#lib/bodies/list-fields.ts";
import { bodyText } from "#lib/webhooks/body-fields.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { cpuMs } from "#tests/support/cpu-time.ts";

const URL_GIVEN = "https://hooks.example.com/in/x";
const KEY = "mandrill-key";
const PORTS = { now: new Date("2026-11-23T16:00:00Z") };

/** As Mandrill's own documentation says: the address, then every name and value, sorted by name. */
function signed(fields: Array<[name: string, value: string]>): WebhookRequest {
  const text =
    URL_GIVEN +
    [...fields]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => name + value)
      .join("");
  return {
    method: "POST",
    url: "/in/x",
    headers: [
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["X-Mandrill-Signature", createHmac("sha1", KEY).update(text).digest("base64")],
    ],
    body: Buffer.from(new URLSearchParams(fields).toString()),
  };
}

const check = (request: WebhookRequest) =>
  verify(getProvider("mandrill"), request, { secrets: [KEY], publicUrl: URL_GIVEN }, PORTS);

test("a signature over form fields is checked in bodies of every size", async () => {
  for (const count of [1, 4_000, 60_000]) {
    const events = JSON.stringify(
      Array.from({ length: count }, (_, index) => ({
        _id: String(index),
        event: "open",
        msg: { email: `ä${index}@example.com` },
      })),
    );
    const request = signed([
      ["mandrill_events", events],
      ["also", "1+1 = 2"],
    ]);
    expect((await check(request)).kind).toBe("verified");
    const body = Buffer.from(request.body);
    body.write("x", body.byteLength - 1);
    expect(await check({ ...request, body })).toMatchObject({ kind: "rejected", reason: "signature-mismatch" });
  }
});

test("a body of nothing but names is judged at once", async () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, index): [string, string] => [index.toString(36), ""]);
  expect((await check(signed(names(10_000)))).kind).toBe("verified");
  const [many, millions] = [signed(names(180_000)), { ...signed([]), body: Buffer.from("a=&b=&".repeat(2_500_000)) }];
  const before = cpuMs();
  expect(await check(many)).toMatchObject({ kind: "rejected", reason: "body-unreadable" });
  expect((await check(millions)).kind).toBe("rejected");
  expect(cpuMs() - before).toBeLessThan(1_000);
});

test("a multipart head made to be slow is read at once, and large files do not hide fields", () => {
  const headers = [["content-type", "multipart/form-data; boundary=b"]] as const;
  const slow = Buffer.from(`--b\r\n${"content-disposition:".repeat(50_000)}\r\n\r\n1\r\n--b--\r\n`);
  const before = cpuMs();
  expect(listFields(headers[0][1], slow)).toEqual([]);
  expect(cpuMs() - before).toBeLessThan(1_000);

  const file = `--b\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\n${"f".repeat(3_000_000)}\r\n`;
  const field = (value: string) =>
    Buffer.from(`${file}--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n${value}\r\n--b--\r\n`);
  expect(bodyText({ headers, body: field("t1") }, "token")).toBe("t1");
  expect(bodyText({ headers, body: field("t".repeat(1_100_000)) }, "token")).toBeNull();
});
