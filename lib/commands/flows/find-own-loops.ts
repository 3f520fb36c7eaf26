import type { WorkspaceId } from "#lib/core/ids.ts";
import { listEndpoints } from "#lib/db/endpoints.ts";
import { listLiveDefinitions } from "#lib/db/live-definitions.ts";
import { HOPS_MAX } from "#lib/door/check-loop.ts";
import { readWebhookAddress } from "#lib/door/webhook-address.ts";
import type { FlowProblem } from "#lib/engine/check-flow.ts";
import { type FlowDefinition, walkSteps } from "#lib/engine/flow-definition.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { ownUrl } from "#lib/platform/own-address.ts";
import { publicUrl } from "#lib/platform/public-url.ts";

/** A step that calls an endpoint of this instance by a written address. */
type OwnCall = { step: Step; path: readonly (string | number)[]; token: string };

/**
 * Warns of steps whose written address leads back to the endpoint that starts the flow, itself or by way of other live
 * flows. What only an event decides is stopped while it runs, after HOPS_MAX hops.
 */
export async function findOwnLoops(workspaceId: WorkspaceId, flow: FlowDefinition): Promise<FlowProblem[]> {
  const { endpointId } = flow.trigger;
  const calls = endpointId === null ? [] : ownCalls(flow);
  if (endpointId === null || calls.length === 0) return [];
  const endpoints = await listEndpoints(workspaceId);
  const byToken = new Map(endpoints.map((endpoint) => [endpoint.token, endpoint]));
  const home = endpoints.find(({ id }) => id === endpointId);
  const live = await listLiveDefinitions(workspaceId);
  const nextOf = (id: string): { flow: string; endpoint: string }[] =>
    live
      .filter((each) => each.endpointId === id)
      .flatMap(({ name, definition }) =>
        ownCalls(definition).flatMap(({ token }) => {
          const target = byToken.get(token);
          return target === undefined ? [] : [{ flow: name, endpoint: target.id }];
        }),
      );
  return calls.flatMap(({ step, path, token }) => {
    const target = byToken.get(token);
    const way = target === undefined ? null : wayTo(endpointId, target.id, nextOf);
    if (target === undefined || way === null) return [];
    const by = way.length === 0 ? "" : ` by way of ${way.map((name) => `"${name}"`).join(", then ")}`;
    return [
      {
        path: [...path, "input", "url"],
        stepId: step.id,
        code: "feeds-itself",
        severity: "warning" as const,
        message:
          `${step.name}: this calls ` +
          `${target.id === endpointId ? "the endpoint that starts this flow" : `the endpoint "${target.name}"`}` +
          `${target.id === endpointId ? "" : `, which leads back to "${home?.name ?? "this flow's endpoint"}"${by}`}.` +
          ` Such a loop is stopped after ${HOPS_MAX} hops.`,
        data: { endpointId: target.id, by: way },
      },
    ];
  });
}

/** The flows between two endpoints, none when they are the same; null when no way leads there. */
function wayTo(
  home: string,
  from: string,
  nextOf: (id: string) => { flow: string; endpoint: string }[],
): string[] | null {
  const seen = new Set([from]);
  let ways = [{ at: from, flows: [] as string[] }];
  while (ways.length > 0) {
    const arrived = ways.find(({ at }) => at === home);
    if (arrived !== undefined) return arrived.flows;
    ways = ways.flatMap(({ at, flows }) =>
      nextOf(at).flatMap(({ flow, endpoint }) => {
        if (seen.has(endpoint)) return [];
        seen.add(endpoint);
        return [{ at: endpoint, flows: [...flows, flow] }];
      }),
    );
  }
  return null;
}

function ownCalls(flow: FlowDefinition): OwnCall[] {
  return [...walkSteps(flow.steps)].flatMap(({ step, path }) => {
    if (step.kind !== "action" || step.off === true) return [];
    const { input } = step;
    const url = typeof input === "object" && input !== null && "url" in input ? input["url"] : null;
    const token = typeof url === "string" ? ownToken(url) : null;
    return token === null ? [] : [{ step, path, token }];
  });
}

/** The token of an address of this instance, as far as it is written and not filled in; null for any other address. */
function ownToken(template: string): string | null {
  const [written = ""] = template.trim().split("{{", 1);
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  const ours = [publicUrl(), ownUrl()].map((base) => new URL(base));
  const loopback = ["localhost", "127.0.0.1", "[::1]"];
  const isOurs = ours.some(
    ({ hostname, port }) =>
      port === url.port &&
      (hostname === url.hostname || (loopback.includes(hostname) && loopback.includes(url.hostname))),
  );
  const address = isOurs ? readWebhookAddress(url.pathname) : null;
  return address === null || address.appended !== "" ? null : address.token;
}
