import { expect, test } from "vitest";
import { dedupeKey } from "#lib/webhooks/dedupe-key.ts";
import { nameEvent } from "#lib/webhooks/name-event.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { HeaderList, WebhookRequest } from "#lib/webhooks/types.ts";

const post = (body: unknown, headers: HeaderList = []): WebhookRequest => ({
  method: "POST",
  url: "/in/abc",
  headers: [["Content-Type", "application/json"], ...headers],
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
});

test.each([
  [
    "supabase",
    { user: { id: "a-person" }, email_data: { email_action_type: "signup", token: "t" } },
    [],
    "auth.signup",
  ],
  ["supabase", { type: "DELETE", table: "orders", old_record: { id: 1 } }, [], "orders.DELETE"],
  ["gitlab", { event_name: "project_create" }, [["X-Gitlab-Event", "System Hook"]], "project_create"],
  ["gitlab", { object_kind: "push", event_name: "push" }, [["X-Gitlab-Event", "Push Hook"]], "push"],
  [
    "meta-whatsapp",
    { object: "page", entry: [{ id: "1", time: 1, messaging: [{ message: { text: "hi" } }] }] },
    [],
    "page.messaging",
  ],
  [
    "meta-whatsapp",
    { object: "instagram", entry: [{ id: "1", changes: [{ field: "comments" }] }] },
    [],
    "instagram.comments",
  ],
  ["meta-whatsapp", { object: "page", entry: [] }, [], "page"],
  ["azure-event-grid", { type: "the sender's own field" }, [["ce-type", "Contoso.Ordered"]], "Contoso.Ordered"],
] as const)("%s: an event is named by what it is: %j", (id, body, headers, name) => {
  expect(nameEvent(getProvider(id), post(body, headers))).toBe(name);
});

test("a Salesforce message of several notifications is never taken for a repeat", () => {
  const { dedupe } = getProvider("salesforce-outbound-message");
  const message = (...ids: string[]): WebhookRequest => {
    const notifications = ids.map((id) => `<Notification><Id>${id}</Id><sObject/></Notification>`);
    return post(`<notifications>${notifications.join("")}</notifications>`);
  };
  expect(dedupeKey(dedupe, message("04l300000000xyzAAA"))).toMatchObject({ key: expect.any(String) });
  expect(dedupeKey(dedupe, message("04l300000000xyzAAA", "04l300000000xyzAAB"))).toMatchObject({ kind: "none" });
});
