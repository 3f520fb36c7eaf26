import { expect, it } from "vitest";
import { findRun } from "#lib/db/runs.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { useCalledRuns } from "#tests/support/called-runs.ts";
import { keptSteps, keptValue } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();

const BODY =
  '{"10": 1.0, "2":-0, "id": 9007199254740993, "t":"\\u00e9\\/", "a":19.99,\n "l":[{"id":12345678901234567890}] }';

const call = (id: string, url: string, json: string, more: object = {}): Step => ({
  kind: "action",
  id,
  name: id,
  action: "http.request",
  input: { method: "POST", url: `${runs.sink.url}/${url}`, body: { kind: "json", json }, ...more },
  settings: { retry: { attempts: 2, firstMs: 100, factor: 1, maxMs: 100 } },
});

async function work(steps: Step[], body: string, more: { runName?: string; contentType?: string } = {}) {
  const { contentType = "application/json", ...flow } = more;
  const rows = await insertFlowRows(flowOf(steps, flow));
  const headers: [string, string][] = [["Content-Type", contentType]];
  const { runId } = await insertEventRun(rows, body, { job: false, headers });
  await workOnRun(runId);
  return { rows, runId, run: await findRun(rows.workspaceId, runId) };
}

const kept = async (runId: string, path: string) => {
  const step = (await keptSteps(runId)).find((one) => one.path === path);
  return keptValue(runId, step?.outputDataId ?? step?.inputDataId);
};

it("passes on what was received byte for byte: to the target, into texts, and through every step", async () => {
  runs.sink.answer((hit) => ({ status: 200, body: hit.path.startsWith("/whole") ? ' {"n": 1e400, "x": 7.10}' : "{}" }));
  const { run, runId } = await work(
    [
      {
        kind: "action",
        id: "m",
        name: "m",
        action: "transform",
        input: { value: '{"id": trigger.body.id, "all": trigger.body}' },
      },
      call("whole", "whole/{{ trigger.body.id }}", "{{ trigger.body }}", {
        query: [{ name: "q", value: "{{ trigger.body.id }}" }],
        headers: [{ name: "x-id", value: "{{ steps.m.id }}" }],
      }),
      call("later", "later", '{"a":{{ steps.m.all }},"b":{{ steps.whole.body }},"c":"{{ trigger.body.id }}"}'),
      {
        kind: "forEach",
        id: "each",
        name: "each",
        items: "trigger.body.l",
        concurrency: 1,
        onItemError: "stop",
        steps: [call("item", "item/{{ item.id }}", "{{ item }}")],
      },
    ],
    BODY,
    { runName: "Order {{ trigger.body.id }}" },
  );
  expect(run).toMatchObject({ status: "succeeded", name: "Order 9007199254740993" });
  const [whole, later, item] = runs.sink.hits().slice(-3);
  expect(whole?.path).toBe("/whole/9007199254740993?q=9007199254740993");
  expect(whole?.headers).toMatchObject({ "x-id": "9007199254740993" });
  expect(whole?.body).toBe(BODY);
  expect(later?.body).toBe(`{"a":${BODY},"b":{"n": 1e400, "x": 7.10},"c":"9007199254740993"}`);
  expect(item).toMatchObject({ path: "/item/12345678901234567890", body: '{"id":12345678901234567890}' });
  expect(await kept(runId, "m")).toBe(`{"id":9007199254740993,"all":${BODY}}`);
  expect(await kept(runId, "whole")).toContain('"body":{"n": 1e400, "x": 7.10}');
});

it("keeps the digits of finished steps and of a loop's items when a run goes on later", async () => {
  let refusals = 1;
  runs.sink.answer((hit) => ({
    status: hit.path.startsWith("/again") && refusals-- > 0 ? 503 : 200,
    body: '{"n": 1.0}',
  }));
  const { rows, runId } = await work(
    [
      call("first", "first", "{}"),
      {
        kind: "forEach",
        id: "each",
        name: "each",
        items: "trigger.body.l",
        concurrency: 1,
        onItemError: "stop",
        steps: [
          call("again", "again", '{"item":{{ item }},"first":{{ steps.first.body }}}'),
          call("end", "end", "{{ item }}"),
        ],
      },
      call("last", "last", "{{ steps.first.body }}"),
    ],
    BODY,
  );
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "retrying" });
  await expect
    .poll(async () => {
      await workOnRun(runId);
      return (await findRun(rows.workspaceId, runId))?.status;
    })
    .toBe("succeeded");
  const again = runs.sink.hits().filter((hit) => hit.path === "/again");
  expect(again.map((hit) => hit.body)).toEqual(
    Array(2).fill('{"item":{"id":12345678901234567890},"first":{"n": 1.0}}'),
  );
  expect(
    runs.sink
      .hits()
      .slice(-2)
      .map((hit) => hit.body),
  ).toEqual(['{"id":12345678901234567890}', '{"n": 1.0}']);
});

it("writes the same calculated number in a URL, a text and a JSON value", async () => {
  await work(
    [
      call(
        "cents",
        "cents/{{ trigger.body.a * 100 }}",
        '{"v":{{ trigger.body.a * 100 }},"t":"{{ trigger.body.a * 100 }}"}',
      ),
    ],
    BODY,
  );
  expect(runs.sink.hits().at(-1)).toMatchObject({ path: "/cents/1999", body: '{"v":1999,"t":"1999"}' });
});

const JSON_SENT = '{"id": 9007199254740993,"10":1.0,"2":-0,"t":"\\u00e9\\/"}';
const part = (head: string, content: string) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;

it.each([
  ["a field of a form", "application/x-www-form-urlencoded", `a=%C3%A9&payload=${encodeURIComponent(JSON_SENT)}`],
  [
    "a part of a multipart form",
    "multipart/form-data; boundary=b",
    `${part('name="a"', "é")}${part('name="payload"\r\nContent-Type: application/json', JSON_SENT)}--b--`,
  ],
])("passes on JSON in %s as it was sent", async (_where, contentType, body) => {
  const json = '{"whole":{{ trigger.body }},"id":{{ trigger.body.payload.id }},"exact":{{ trigger.exact.payload.id }}}';
  await work([call("in_form", "form/{{ trigger.body.payload.id }}", json)], body, { contentType });
  expect(runs.sink.hits().at(-1)).toMatchObject({
    path: "/form/9007199254740993",
    body: `{"whole":{"a":"é","payload":${JSON_SENT}},"id":9007199254740993,"exact":"9007199254740993"}`,
  });
});
