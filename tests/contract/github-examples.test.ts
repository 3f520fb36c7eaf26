import { createRequire } from "node:module";
import { sign } from "@octokit/webhooks-methods";
import { expect, test } from "vitest";
import { nameEvent } from "#lib/webhooks/name-event.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { recognizeProviders } from "#lib/webhooks/recognize.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";

const examples = createRequire(import.meta.url)("@octokit/webhooks-examples") as ReadonlyArray<{
  readonly name: string;
  readonly examples: ReadonlyArray<Readonly<Record<string, unknown>>>;
}>;
const github = getProvider("github");
const SECRET = "It's a Secret to Everybody";
const NOW = new Date("2026-01-01T00:00:00Z");

test("every example GitHub publishes verifies, in JSON and as a form, and is named and recognised", async () => {
  let count = 0;
  for (const { name, examples: payloads } of examples) {
    for (const payload of payloads) {
      count += 1;
      const json = JSON.stringify(payload);
      for (const [type, body] of [
        ["application/json", json],
        ["application/x-www-form-urlencoded", new URLSearchParams({ payload: json }).toString()],
      ] as const) {
        const headers: WebhookRequest["headers"] = [
          ["Content-Type", type],
          ["User-Agent", "GitHub-Hookshot/044aadd"],
          ["X-GitHub-Event", name],
          ["X-GitHub-Delivery", `delivery-${count}`],
          ["X-Hub-Signature-256", await sign(SECRET, body)],
        ];
        const request: WebhookRequest = { method: "POST", url: "/in/abc", headers, body: Buffer.from(body) };
        expect((await verify(github, request, { secrets: [SECRET] }, { now: NOW })).kind).toBe("verified");
        expect(
          (await verify(github, { ...request, body: Buffer.from(`${body} `) }, { secrets: [SECRET] }, { now: NOW }))
            .kind,
        ).toBe("rejected");
        expect(nameEvent(github, request)).toBe(
          typeof payload["action"] === "string" ? `${name}.${payload["action"]}` : name,
        );
        expect(recognizeProviders(request)[0]?.id).toBe("github");
      }
    }
  }
  expect(count).toBe(329);
});
