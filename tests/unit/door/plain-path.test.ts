import { readFileSync } from "node:fs";
import { type Profiler, Session } from "node:inspector";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { endpointSettingsSchema } from "#lib/core/endpoint-settings.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { judgeBody, judgeHead } from "#lib/door/judge-request.ts";
import { beginPassing, type DoorPorts, giveBody } from "#lib/door/passing.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";

const receiver: Receiver = {
  endpointId: "0192e1a0-0000-7000-8000-000000000001",
  workspaceId: "0192e1a0-0000-7000-8000-000000000002" as WorkspaceId,
  name: "Orders",
  provider: getProvider("none"),
  settings: endpointSettingsSchema.parse({ eventType: { from: "body", path: "type" } }),
  allowedRanges: [],
  deleted: false,
  paused: false,
  secrets: [],
  bodyBytesMax: 1_048_576,
  ratePerSecond: 100,
};

const never = (): never => {
  throw new Error("a plain request asks for none of this");
};
const ports: DoorPorts = {
  publicUrl: never,
  fetchText: never,
  hopsOf: () => 0,
  takeRate: () => ({ kind: "taken", of: "workspace" }),
  confirm: never,
  unfold: (request) => request,
  readLarge: never,
  checkSchema: never,
};

async function judge(): Promise<string> {
  const head = {
    token: "a-token-of-twenty-two-letters",
    target: "/in/a-token-of-twenty-two-letters?a=1",
    appended: "",
    method: "POST",
    headers: [["Content-Type", "application/json"]] as const,
    clientIp: "203.0.113.9",
    through: null,
    https: true,
    requestId: "1",
    receivedAt: new Date(),
  };
  const passing = beginPassing(receiver, head, ports, null);
  const early = judgeHead(passing);
  giveBody(passing, Buffer.from('{"type":"order.created","id":7}'));
  return (early ?? (await judgeBody(passing))).kind;
}

/** The project's files of which a function ran meanwhile. */
async function filesRun(work: () => Promise<unknown>): Promise<string[]> {
  const session = new Session();
  session.connect();
  const post = promisify(session.post.bind(session)) as (method: string, params?: object) => Promise<unknown>;
  await post("Profiler.enable");
  await post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await post("Profiler.takePreciseCoverage");
  await work();
  const { result } = (await post("Profiler.takePreciseCoverage")) as Profiler.TakePreciseCoverageReturnType;
  session.disconnect();
  return result
    .filter(({ functions }) =>
      functions.some(({ functionName, ranges }) => functionName !== "" && (ranges[0]?.count ?? 0) > 0),
    )
    .flatMap(({ url }) => /\/((?:lib|server)\/[\w./-]+\.ts)/.exec(url)?.[1] ?? [])
    .sort();
}

it("judges a plain request with the files that docs/one-webhook.md names, and no other", async () => {
  expect(await judge()).toBe("accepted");
  const ran = await filesRun(judge);
  const page = readFileSync("docs/one-webhook.md", "utf8").split("<!-- judged -->")[1] ?? "";
  expect([...new Set(page.match(/lib\/[\w./-]+\.ts/g))].sort()).toEqual(ran);
});
