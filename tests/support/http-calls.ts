import { onTestFinished } from "vitest";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { Json } from "#lib/core/json.ts";
import { writeJson } from "#lib/core/json-text.ts";
import type { EffectContext } from "#lib/effects/effect-context.ts";
import { performHttp } from "#lib/effects/http-effect.ts";
import type { OpenConnection } from "#lib/engine/connections/connection-kind.ts";
import type { EffectOutcome, HttpEffect } from "#lib/engine/effect.ts";
import type { EgressRules } from "#lib/platform/egress/egress-rules.ts";
import { makeAgent } from "#lib/platform/egress/http-agents.ts";
import type { ResolveHost } from "#lib/platform/egress/resolve-host.ts";

/** Rules that let loopback be called. */
export const loopback: EgressRules = { allow: ["127.0.0.1/32"], permissions: [], locked: false };
/** Rules that open nothing. */
export const closed: EgressRules = { allow: [], permissions: [], locked: false };
/** A connection whose token must never show. */
export const bearer: OpenConnection = {
  id: "c1",
  kind: "http.bearer",
  name: "CRM",
  version: 1,
  config: { hosts: ["127.0.0.1", "crm.test"] },
  secrets: { token: "t0p-s3cret-token" },
};

/** What performing an effect needs, over these rules and connections. */
export function context(rules: EgressRules = loopback, connections: OpenConnection[] = [bearer]): EffectContext {
  return {
    workspaceId: "w" as WorkspaceId,
    mayRepeat: true,
    signal: new AbortController().signal,
    now: () => new Date(),
    publicHost: "hooks.test",
    ports: {
      findConnection: async (id) => connections.find((one) => one.id === id) ?? null,
      findEgressRules: async () => rules,
      answerSender: async () => "nobody-waits",
      keepMail: async () => ({ mailId: "" }),
    },
  };
}

/** A POST of `{}` to `url`, changed by `over`. */
export function call(url: string, over: Partial<HttpEffect> = {}): HttpEffect {
  return {
    kind: "http",
    method: "POST",
    url,
    headers: [["Idempotency-Key", "k1"]],
    body: { text: "{}" },
    timeoutMs: 5_000,
    redirectsMax: 0,
    responseBytesMax: 1_048_576,
    ...over,
  };
}

/** Performs a call; with `resolve`, names are answered by it. The output is read as later steps would read it. */
export async function perform(
  effect: HttpEffect,
  resolve: ResolveHost | null = null,
  rules = loopback,
  connections?: OpenConnection[],
): Promise<EffectOutcome> {
  const outcome = await performHttp(effect, context(rules, connections), resolve === null ? undefined : own(resolve));
  return outcome.kind === "done" ? { ...outcome, output: JSON.parse(writeJson(outcome.output)) as Json } : outcome;
}

function own(resolve: ResolveHost) {
  return (given: EgressRules) => {
    const agent = makeAgent(given, resolve);
    onTestFinished(() => agent.destroy());
    return agent;
  };
}

/** A resolver that gives these answers one after another, the last one for ever. */
export const dns = (...answers: string[][]): ResolveHost & { asked: number } => {
  const resolve = Object.assign(
    async () => {
      const answer = answers[Math.min(resolve.asked, answers.length - 1)] ?? [];
      resolve.asked += 1;
      return answer.map((address) => ({ address, family: address.includes(":") ? (6 as const) : (4 as const) }));
    },
    { asked: 0 },
  );
  return resolve;
};

/** A complete answer with `{"id":7}`. */
export const ok = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"id":7}';
