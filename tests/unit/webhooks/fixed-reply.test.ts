import { expect, test } from "vitest";
import { fixedReply } from "#lib/webhooks/fixed-reply.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { sampleRequest } from "#lib/webhooks/sign-delivery.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

const json = (value: unknown): WebhookRequest => ({
  method: "POST",
  url: "/in/abc",
  headers: [],
  body: Buffer.from(JSON.stringify(value)),
});
const sample = (id: string): WebhookRequest => sampleRequest(getProvider(id), "/in/abc");

test.each([
  ["adyen", 200, "text/plain", "[accepted]"],
  ["twilio", 200, "text/xml", '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'],
  ["slack", 200, undefined, ""],
  ["shopify", 200, undefined, ""],
  ["lemon-squeezy", 200, undefined, ""],
  ["discord", 204, "application/json", ""],
] as const)("%s gets the answer it insists on", (id, status, contentType, body) => {
  const reply = fixedReply(getProvider(id), sample(id));
  expect(reply).toMatchObject({ status, body });
  expect(reply?.headers.find(([name]) => name === "content-type")?.[1]).toBe(contentType);
});

test("Salesforce reads its acknowledgement in SOAP", () => {
  expect(fixedReply(getProvider("salesforce-outbound-message"), sample("salesforce-outbound-message"))?.body).toContain(
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>',
  );
});

test("Discord's interactions are answered by their type", () => {
  const replyTo = (type: number): string | undefined =>
    fixedReply(getProvider("discord"), json({ type, id: "1", data: {} }))?.body;
  expect([2, 3, 4, 5].map(replyTo)).toEqual([
    '{"type":5}',
    '{"type":6}',
    '{"type":8,"data":{"choices":[]}}',
    '{"type":5}',
  ]);
});

test("most senders are content with any 2xx", () => {
  expect(fixedReply(getProvider("stripe"), sample("stripe"))).toBeNull();
});
