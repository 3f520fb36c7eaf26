import { Agent, type Dispatcher } from "undici";
import { singleton } from "#lib/platform/singleton.ts";
import type { EgressRules } from "./egress-rules.ts";
import { openCheckedSocket } from "./open-checked-socket.ts";
import { type ResolveHost, resolveHost } from "./resolve-host.ts";

/** What sends HTTP messages over guarded connections. */
export type HttpDispatcher = Dispatcher;

/** For lookup, TCP and TLS of one connection. */
export const CONNECT_TIMEOUT_MS = 10_000;
const AGENTS_MAX = 50;

/**
 * The keep-alive connections of everybody who has exactly these rules. A connection opened under one workspace's
 * permission is never lent to a call under other rules; a changed permission means other rules, so new connections.
 */
export function agentFor(rules: EgressRules): Agent {
  const agents = singleton("egress-agents", () => new Map<string, Agent>());
  const key = JSON.stringify([rules.allow, rules.permissions.map(({ address, port }) => [address, port]).sort()]);
  const agent = agents.get(key) ?? makeAgent(rules, resolveHost);
  agents.delete(key);
  agents.set(key, agent);
  for (const [oldest, idle] of agents) {
    if (agents.size <= AGENTS_MAX) break;
    agents.delete(oldest);
    void idle.close();
  }
  return agent;
}

/** Closes every kept connection when the process stops. */
export async function closeAgents(): Promise<void> {
  const agents = singleton("egress-agents", () => new Map<string, Agent>());
  const open = [...agents.values()];
  agents.clear();
  await Promise.all(open.map((agent) => agent.destroy()));
}

/** An agent whose every connection goes through the guard; `resolve` is the DNS it believes. */
export function makeAgent(rules: EgressRules, resolve: ResolveHost): Agent {
  return new Agent({
    allowH2: false,
    connections: 128,
    pipelining: 1,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 60_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 65_536,
    connect: (options, callback) => {
      const secure = options.protocol === "https:";
      openCheckedSocket({
        purpose: "http",
        host: options.hostname,
        port: Number(options.port) || (secure ? 443 : 80),
        secure,
        rules,
        resolve,
        timeoutMs: CONNECT_TIMEOUT_MS,
      }).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
  });
}
