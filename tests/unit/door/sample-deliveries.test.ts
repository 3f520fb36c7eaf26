import { expect, test } from "vitest";
import { freshSample } from "#lib/door/sample-deliveries.ts";
import { listProviders } from "#lib/webhooks/providers/registry.generated.ts";
import { splitBatch } from "#lib/webhooks/split-batch.ts";

const batches = listProviders().flatMap(({ id, batch }) => (batch === null ? [] : [{ id, batch }]));

test.each(batches)("$id: two samples of a batch are two items, told apart by their ids", ({ id, batch }) => {
  const [first, second] = ["00aa11bb22", "00cc33dd44"].map((unique) =>
    splitBatch(batch, freshSample(id, "/in/x", unique)),
  );
  // Their samples are single events, which no id of an item names.
  if (id === "cloudevents" || id === "mailerlite") return expect(first?.kind).toBe("no-list");
  if (first?.kind !== "items" || second?.kind !== "items") throw new Error("no items");
  expect(first.items).toHaveLength(second.items.length);
  // Its reminders look like the alerts themselves, so its items have no ids.
  if (id === "grafana" || id === "alertmanager") return expect(first.items[0]?.id).toBeNull();
  expect(first.items[0]?.id).not.toBeNull();
  expect(first.items[0]?.id).not.toBe(second.items[0]?.id);
  expect(first.items[0]?.eventType).toBe(second.items[0]?.eventType);
});
