import { isIP } from "node:net";
import { SECOND } from "#lib/core/units.ts";
import { type Deadline, makeDeadline } from "#lib/platform/egress/deadline.ts";
import type { EgressRules } from "#lib/platform/egress/egress-rules.ts";
import { makeAgent } from "#lib/platform/egress/http-agents.ts";
import { plainHost } from "#lib/platform/egress/parse-target.ts";
import { type ResolveHost, resolveHost } from "#lib/platform/egress/resolve-host.ts";
import { type HttpSent, sendHttp } from "#lib/platform/egress/send-http.ts";
import { makeReachQuestion, type ReachAnswer, readReachAnswer } from "#lib/platform/reach-proof.ts";
import type { ReachStep } from "#lib/views/reach-views.ts";

/** For everything together: a sender waits no longer either. */
const PROBE_MS_MAX = 5 * SECOND;
const ANSWER_BYTES_MAX = 4_096;

/**
 * Calls the instance's own public address through the egress guard, with a question only this instance can answer, and
 * says what each part of the way did. Follows no redirect. Never throws; what could not be reached is never taken as
 * fine.
 */
export async function probePublicAddress(
  address: string,
  options: { rules: EgressRules; now: Date; resolve?: ResolveHost; timeoutMs?: number },
): Promise<ReachStep[]> {
  const resolve = options.resolve ?? resolveHost;
  const deadline = makeDeadline(options.timeoutMs ?? PROBE_MS_MAX);
  const name = await resolveName(new URL(address).hostname, resolve, deadline);
  if (name.status === "failed") return [name];
  const question = makeReachQuestion(options.now);
  const agent = makeAgent(options.rules, resolve);
  try {
    const message = {
      method: "GET",
      url: `${address}/in/${question}`,
      headers: [["accept", "application/json"] as [string, string]],
      body: null,
      responseBytesMax: ANSWER_BYTES_MAX,
    };
    return [name, ...readWay(address, question, await sendHttp(agent, message, deadline))];
  } finally {
    agent.destroy();
  }
}

async function resolveName(hostname: string, resolve: ResolveHost, deadline: Deadline): Promise<ReachStep> {
  const host = plainHost(hostname);
  const step = (status: ReachStep["status"], message: string): ReachStep => ({
    id: "name",
    status,
    title: "The name resolves",
    message,
  });
  if (isIP(host) !== 0) return step("passed", `${host} is an address, so there is no name to look up.`);
  const late = Promise.withResolvers<never>();
  const onLate = () => late.reject(new Error("late"));
  const forget = deadline.onOver(onLate);
  try {
    const found = await Promise.race([resolve(host), late.promise]);
    if (found.length === 0) return step("failed", `${host} has no address. Add an A or AAAA record for it.`);
    return step("passed", `${host} is ${found.map(({ address }) => address).join(", ")}.`);
  } catch {
    if (deadline.isOver) return step("failed", `Looking up ${host} took too long.`);
    return step(
      "failed",
      `There is no host named ${host}, as this machine sees it. Check the name and its DNS record.`,
    );
  } finally {
    forget();
  }
}

function readWay(address: string, question: string, sent: HttpSent): ReachStep[] {
  const { protocol, host } = new URL(address);
  const https = protocol === "https:";
  const connect = (status: ReachStep["status"], message: string): ReachStep => ({
    id: "connect",
    status,
    title: "It accepts connections",
    message,
  });
  const tls = (status: ReachStep["status"], message: string): ReachStep => ({
    id: "tls",
    status,
    title: "The certificate is valid",
    message,
  });
  const plain = tls(
    "unknown",
    "This address is plain http: bodies and secrets travel unencrypted, and many senders refuse it.",
  );
  switch (sent.kind) {
    case "refused":
      return [connect("unknown", `Not tried from here. ${sent.refusal.message}`)];
    case "bad-request":
      return [connect("failed", sent.message)];
    case "not-sent": {
      const inTls = /^(certificate-|tls-|not-tls)/.test(sent.code);
      return inTls
        ? [connect("passed", `${host} answers.`), tls("failed", sent.message)]
        : [connect("failed", sent.message)];
    }
    case "bad-answer":
      return [connect("passed", `${host} answers.`), instance("failed", sent.message)];
    case "lost":
      return [
        connect("passed", `${host} accepted the connection.`),
        https ? tls("passed", "TLS works.") : plain,
        instance("failed", sent.message),
      ];
    case "answered":
      return [
        connect("passed", `${host} answers.`),
        https ? tls("passed", `TLS works, and the certificate names ${new URL(address).hostname}.`) : plain,
        ...readAnswer(question, sent, https),
      ];
  }
}

function readAnswer(question: string, sent: Extract<HttpSent, { kind: "answered" }>, https: boolean): ReachStep[] {
  const answer = sent.status === 200 && !sent.truncated ? readReachAnswer(question, sent.body.toString("utf8")) : null;
  if (answer !== null)
    return [
      instance("passed", "A question that only this instance can answer came back answered."),
      ...readScheme(answer, https),
    ];
  const location = sent.headers.find(([name]) => name.toLowerCase() === "location")?.[1];
  if (sent.status >= 300 && sent.status < 400)
    return [
      instance(
        "failed",
        `It redirects (${sent.status}${location === undefined ? "" : `, to ${location.slice(0, 120)}`}). ` +
          "Senders do not follow redirects: give them the address it leads to.",
      ),
    ];
  return [
    instance(
      "failed",
      `Something answers ${sent.status}, but it is not this Hookline. Point the name, the proxy or the tunnel ` +
        "at this machine, with the whole path /in/ passed on as it is.",
    ),
  ];
}

function readScheme({ https: seen, through, ip }: ReachAnswer, https: boolean): ReachStep[] {
  if (!https) return [];
  const title = "Hookline knows that it is https";
  if (seen)
    return [
      {
        id: "scheme",
        status: "passed",
        title,
        message: through === null ? "TLS ends here." : `The proxy ${through} says so and is trusted.`,
      },
    ];
  return [
    {
      id: "scheme",
      status: "unknown",
      title,
      message:
        `It sees these calls as plain http from ${ip ?? "an unknown address"}. Name the proxy in ` +
        "HOOKLINE_TRUSTED_PROXIES, or senders' addresses and “HTTPS only” are judged wrongly.",
    },
  ];
}

function instance(status: ReachStep["status"], message: string): ReachStep {
  return { id: "instance", status, title: "It is this Hookline", message };
}
