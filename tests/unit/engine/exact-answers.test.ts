import { expect, it } from "vitest";
import { JsonText, readWritten } from "#lib/core/json-text.ts";
import { withExact } from "#lib/engine/exact-answers.ts";
import { flowOf, memoryRun, value } from "#tests/support/memory-run.ts";

it("gives the body where no number loses digits, and what is there where one does", () => {
  expect(withExact({ status: 200, body: { id: 1 } })).toEqual({ status: 200, body: { id: 1 }, exact: { id: 1 } });
  expect(withExact({ status: 200, body: 1, exact: "12345678901234567890" })).toHaveProperty(
    "exact",
    "12345678901234567890",
  );
  expect(readWritten(withExact(new JsonText('{"status":200,"body":{"id":1.0}}')))).toMatchObject({ exact: { id: 1 } });
  expect(withExact("text")).toBe("text");
});

it("is there for steps of a flow that names it, and kept nowhere", async () => {
  const run = memoryRun(flowOf([value("a", '{"body": {"id": 5}}'), value("b", "steps.a.exact.id")]));
  expect((await run.run()).kind).toBe("finish");
  expect(run.output("a")).toEqual({ body: { id: 5 } });
  expect(run.output("b")).toBe(5);
});
