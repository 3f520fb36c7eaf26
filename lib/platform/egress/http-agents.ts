import http from "node:http";
import https from "node:https";
import { singleton } from "#lib/platform/singleton.ts";
import type { EgressRules } from "./egress-rules.ts";
import { openCheckedSocket } from "./open-checked-socket.ts";
import { type ResolveHost, resolveHost } from "./resolve-host.ts";

/** Guarded connections for HTTP messages: kept ones for plain and TLS calls, and ones of their own. */
export type HttpDispatcher = {
  /** The agent that lends kept connections; a connection goes back when its answer ended. */
  kept(secure: boolean): http.Agent;
  /** An agent for one message on a new connection that is closed afterwards. */
  fresh(secure: boolean): http.Agent;
  /** Closes what is idle; calls under way go on. */
  closeIdle(): void;
  /** Closes every connection, calls under way included. */
  destroy(): void;
};

/** For lookup, TCP and TLS of one connection. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** Of an answer's header section; a longer one is no answer. */
const HEADER_BYTES_MAX = 65_536;
/** How long a connection is kept idle; targets that announce less are believed. */
const IDLE_MS_MAX = 4_000;
const AGENTS_MAX = 50;
/** To one origin. More than the calls a worker makes at once, so that none waits unsent behind others that are slow. */
const CONNECTIONS_MAX = 1_024;

/**
 * The keep-alive connections of everybody who has exactly these rules. A connection opened under one workspace's
 * permission is never lent to a call under other rules; a changed permission means other rules, so new connections.
 */
export function agentFor(rules: EgressRules): HttpDispatcher {
  const agents = keptAgents();
  const key = keyOf(rules);
  const agent = agents.get(key) ?? makeAgent(rules, resolveHost);
  agents.delete(key);
  agents.set(key, agent);
  for (const [oldest, idle] of agents) {
    if (agents.size <= AGENTS_MAX) break;
    agents.delete(oldest);
    idle.closeIdle();
  }
  return agent;
}

/** Rules are kept for a while and asked with at each call. */
const keys = new WeakMap<EgressRules, string>();

function keyOf(rules: EgressRules): string {
  const known = keys.get(rules);
  if (known !== undefined) return known;
  const made = JSON.stringify([rules.allow, rules.permissions.map(({ address, port }) => [address, port]).sort()]);
  keys.set(rules, made);
  return made;
}

/** Closes every kept connection when the process stops. */
export function closeAgents(): void {
  const agents = keptAgents();
  for (const agent of agents.values()) agent.destroy();
  agents.clear();
}

/** Agents whose every connection goes through the guard; `resolve` is the DNS they believe. */
export function makeAgent(rules: EgressRules, resolve: ResolveHost): HttpDispatcher {
  const guarded = (secure: boolean, keepAlive: boolean): http.Agent => {
    const options = {
      keepAlive,
      maxSockets: CONNECTIONS_MAX,
      timeout: IDLE_MS_MAX,
      maxHeaderSize: HEADER_BYTES_MAX,
    };
    const agent = secure ? new https.Agent(options) : new http.Agent(options);
    agent.createConnection = ({ host, port }, callback) => {
      openCheckedSocket({
        purpose: "http",
        host: host ?? "",
        port: Number(port),
        secure,
        rules,
        resolve,
        timeoutMs: CONNECT_TIMEOUT_MS,
      }).then(
        (socket) => callback?.(null, socket),
        // Node passes a failure on as it is and looks at no socket then; its types know only the other case.
        (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
      );
      return undefined;
    };
    return agent;
  };
  const kept = { plain: guarded(false, true), secure: guarded(true, true) };
  return {
    kept: (secure) => (secure ? kept.secure : kept.plain),
    fresh: (secure) => guarded(secure, false),
    closeIdle: () => {
      for (const agent of Object.values(kept))
        for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    },
    destroy: () => {
      kept.plain.destroy();
      kept.secure.destroy();
    },
  };
}

function keptAgents(): Map<string, HttpDispatcher> {
  return singleton("egress-agents", () => new Map<string, HttpDispatcher>());
}
