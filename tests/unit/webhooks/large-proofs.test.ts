import { expect, test } from "vitest";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { HeaderList, WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { JSON_TYPE, mac, NOW, SECONDS, SECRET, URL_HERE } from "#tests/support/broken-setup.ts";

const BIG = "x".repeat(2 * 1024 * 1024);
const SIGNATURE = { timestamp: SECONDS, token: "t0ken", signature: mac(`${SECONDS}t0ken`) };
const judge = async (id: string, headers: HeaderList, body: string): Promise<string> => {
  const request: WebhookRequest = { method: "POST", url: URL_HERE, headers, body: Buffer.from(body) };
  const result = await verify(getProvider(id), request, { secrets: [SECRET], publicUrl: URL_HERE }, { now: NOW });
  return result.kind === "rejected" ? result.reason : result.kind;
};
const FORM = ["Content-Type", "application/x-www-form-urlencoded"] as const;

test("proofs inside bodies of two megabytes are read, wherever they stand", async () => {
  const fields = new URLSearchParams(SIGNATURE).toString();
  expect(
    await judge("mailgun", [JSON_TYPE], JSON.stringify({ "event-data": { text: BIG }, signature: SIGNATURE })),
  ).toBe("verified");
  expect(await judge("mailgun", [FORM], `body-html=${BIG}&${fields}`)).toBe("verified");
  expect(await judge("mailgun", [FORM], `${fields}&body-html=${BIG}`)).toBe("verified");
  const linear = JSON.stringify({ data: { text: BIG }, webhookTimestamp: NOW.getTime() });
  expect(await judge("linear", [JSON_TYPE, ["Linear-Signature", mac(linear)]], linear)).toBe("verified");
  expect(await judge("figma", [JSON_TYPE], JSON.stringify({ text: BIG, passcode: SECRET }))).toBe("verified");
});

test("and are judged as in small ones", async () => {
  const late = JSON.stringify({ data: { text: BIG }, webhookTimestamp: NOW.getTime() - 61_000 });
  expect(await judge("linear", [JSON_TYPE, ["Linear-Signature", mac(late)]], late)).toBe("timestamp-too-old");
  const timeless = JSON.stringify({ data: { text: BIG } });
  expect(await judge("linear", [JSON_TYPE, ["Linear-Signature", mac(timeless)]], timeless)).toBe("timestamp-missing");
  expect(
    await judge("mailgun", [JSON_TYPE], JSON.stringify({ text: BIG, signature: { ...SIGNATURE, token: "other" } })),
  ).toBe("signature-mismatch");
  expect(await judge("mailgun", [JSON_TYPE], `${JSON.stringify({ text: BIG, signature: SIGNATURE })}}`)).toBe(
    "signature-missing",
  );
  expect(await judge("figma", [JSON_TYPE], JSON.stringify({ text: BIG, passcode: [SECRET] }))).toBe(
    "credential-missing",
  );
  expect(await judge("figma", [JSON_TYPE], JSON.stringify({ text: BIG, data: { passcode: SECRET } }))).toBe(
    "credential-missing",
  );
  expect(
    await judge("microsoft-graph", [JSON_TYPE], JSON.stringify({ value: [{ clientState: SECRET, text: BIG }] })),
  ).toBe("body-unreadable");
});
