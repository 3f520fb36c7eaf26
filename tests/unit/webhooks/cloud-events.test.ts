import { describe, expect, it } from "vitest";
import { readCloudEvents } from "#lib/webhooks/cloud-events.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

const binary: HeaderList = [
  ["ce-specversion", "1.0"],
  ["CE-Id", "1"],
];
const structured: HeaderList = [["Content-Type", "application/cloudevents+json; charset=utf-8"]];
const batch: HeaderList = [["content-type", "application/cloudevents-batch+json"]];
const event = { specversion: "1.0", id: "1", source: "/s", type: "t" };

describe("CloudEvents", () => {
  it("are read from headers in any case, with percent-encoded values", () => {
    expect(readCloudEvents([...binary, ["ce-subject", "Euro %E2%82%AC"], ["ce-broken", "100%"]], "data")).toEqual({
      mode: "binary",
      events: [{ attributes: { specversion: "1.0", id: "1", subject: "Euro €", broken: "100%" }, data: "data" }],
    });
  });

  it("are read from a JSON body, data or base64 alike", () => {
    expect(readCloudEvents(structured, { ...event, data: { a: 1 }, ext: true })).toEqual({
      mode: "structured",
      events: [{ attributes: { ...event, ext: "true" }, data: { a: 1 } }],
    });
    expect(readCloudEvents(structured, { ...event, data_base64: "AQ==" })?.events[0]?.data).toBe("AQ==");
    expect(readCloudEvents(structured, event)?.events[0]?.data).toBeNull();
  });

  it("are read from a batch, what is no event left out", () => {
    expect(readCloudEvents(batch, [event, 1, null, {}, event])).toMatchObject({
      mode: "batch",
      events: [{ attributes: event }, { attributes: event }],
    });
    expect(readCloudEvents(batch, [])).toEqual({ mode: "batch", events: [] });
  });

  it.each([
    ["no sign of them", [["content-type", "application/json"]], event],
    ["a repeated version", [...binary, ["ce-specversion", "1.0"]], {}],
    ["a batch that is no list", batch, event],
    ["a body that is no event", structured, [event]],
    ["a body that is text", structured, "hello"],
  ] satisfies ReadonlyArray<readonly [string, HeaderList, unknown]>)(
    "are not seen where there is %s",
    (_what, headers, body) => {
      expect(readCloudEvents(headers, body)).toBeNull();
    },
  );

  it("never reach a prototype", () => {
    const found = readCloudEvents([...binary, ["ce-__proto__", "x"], ["ce-constructor", "y"]], null);
    expect(Object.keys(found?.events[0]?.attributes ?? {})).toEqual(["specversion", "id", "constructor"]);
    expect(
      readCloudEvents(structured, JSON.parse('{"specversion":"1.0","__proto__":"p"}'))?.events[0]?.attributes,
    ).not.toHaveProperty("polluted");
  });
});
