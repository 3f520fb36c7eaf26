import { createRequire } from "node:module";
import { sign } from "@octokit/webhooks-methods";
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { type CallTarget, startCallTarget } from "../support/call-target.ts";
import { action, endedRun, type MadeEndpoint, makeEndpoint, publishFlow } from "../support/flow.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";
import { eventually, type RunningApp, startApp } from "../support/running-app.ts";

const require = createRequire(import.meta.url);
type GithubExamples = { name: string; examples: Record<string, never>[] }[];
const githubExamples = require("@octokit/webhooks-examples") as GithubExamples;

const STRIPE_SECRET = "whsec_4f1d8a7c2b";
const GITHUB_SECRET = "it's a secret to everybody";
const stripeFixture = JSON.parse(vectors.find((vector) => vector.id === "stripe/genuine")?.rawBody ?? "null") as Record<string, unknown>;
const stripe = new Stripe("sk_test_unused");

let app: RunningApp;
let target: CallTarget;
let mail: MailServer;
let smtp: string;

beforeAll(async () => {
  target = await startCallTarget((call) => ({ status: 201, json: { id: "rec_81", echoed: call.path } }));
  mail = await startMailServer({ user: "hooks", password: "pass-7f3e" });
  app = await startApp({ owner: true });
  const connection = await app.api<{ id: string }>("POST", "/connections", {
    kind: "smtp",
    name: "Test mail",
    config: { host: "127.0.0.1", port: mail.port, security: "none", user: "hooks", from: "hooks@acme.dev", fromName: "Acme" },
    secrets: { password: "pass-7f3e" },
  });
  smtp = connection.id;
});

afterAll(async () => {
  await app?.stop();
  await target?.stop();
  await mail?.stop();
});

describe("a Stripe event", () => {
  let endpoint: MadeEndpoint;
  let flowId: string;

  beforeAll(async () => {
    endpoint = await makeEndpoint(app, "stripe", STRIPE_SECRET);
    flowId = await publishFlow(
      app,
      endpoint.id,
      [
        action("price", "transform", {
          value:
            '{ "amount": trigger.body.data.object.amount / 100, "currency": $uppercase(trigger.body.data.object.currency), "day": $fromMillis(trigger.body.data.object.created * 1000, "[Y0001]-[M01]-[D01]"), "yearly": trigger.body.data.object.interval = "year" }',
        }),
        {
          kind: "branch",
          id: "size",
          name: "By size",
          cases: [
            {
              id: "large",
              name: "Large",
              when: "steps.price.amount >= 10",
              steps: [
                action("crm", "http.request", {
                  method: "POST",
                  url: `${target.url}/plans/{{ trigger.body.data.object.id }}/prices`,
                  query: [{ name: "note", value: "{{ trigger.body.type }} & more" }],
                  headers: [{ name: "X-Source", value: "stripe {{ trigger.eventType }}" }],
                  body: {
                    kind: "json",
                    json: '{"amount": {{ steps.price.amount }}, "text": "costs {{ steps.price.amount }} {{ steps.price.currency }}", "day": {{ steps.price.day }}, "meter": {{ trigger.body.data.object.meter }}, "yearly": {{ steps.price.yearly }}}',
                  },
                }),
              ],
            },
          ],
          otherwise: [action("small", "http.request", { method: "POST", url: `${target.url}/small`, body: { kind: "none" } })],
        },
        action(
          "tell",
          "email.send",
          {
            to: "ada@example.com",
            subject: "Plan for {{ steps.price.amount }} {{ steps.price.currency }}",
            text: "Created on {{ steps.price.day }}, stored as {{ steps.crm.body.id }}.",
            html: "<p>{{ trigger.body.data.object.product }} <b>{{ steps.price.amount }}</b></p>",
          },
          smtp,
        ),
      ],
      { eventTypes: ["plan.created"] },
    );
  });

  const event = (id: string, changes: Record<string, unknown> = {}) => JSON.stringify({ ...stripeFixture, id, ...changes }, null, 2);
  const send = (body: string, signed = body) =>
    fetch(endpoint.url, {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "stripe-signature": stripe.webhooks.generateTestHeaderString({ payload: signed, secret: STRIPE_SECRET }),
      },
      body,
    });

  it("signed by Stripe's own package is mapped, posted and mailed, byte for byte", async () => {
    const answer = await send(event("evt_main_1"));
    expect(answer.status).toBe(202);
    const { event: eventId } = (await answer.json()) as { event: string };
    const run = await endedRun(app, eventId, flowId);
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });

    const calls = target.calls.filter((call) => call.path.startsWith("/plans/"));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ method: "POST", path: "/plans/price_1PgafmB7WZ01zgkW6dKueIc5/prices?note=plan.created%20%26%20more" });
    expect(calls[0]?.body.toString("utf8")).toBe(
      '{"amount": 20, "text": "costs 20 USD", "day": "2024-07-25", "meter": null, "yearly": false}',
    );
    expect(calls[0]?.headers).toMatchObject({ "x-source": "stripe plan.created", "content-type": "application/json" });
    expect(calls[0]?.headers["idempotency-key"]).toMatch(/^[0-9a-f]{64}$/);

    const mails = mail.mails.filter((item) => item.parsed.subject === "Plan for 20 USD");
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ from: "hooks@acme.dev", to: ["ada@example.com"] });
    expect(mails[0]?.parsed.text?.trim()).toBe("Created on 2024-07-25, stored as rec_81.");
    expect(mails[0]?.parsed.html).toBe("<p>prod_QXg1hqf4jFNsqG <b>20</b></p>");
    expect(run.steps.map((step) => [step.path, step.status])).toEqual(
      expect.arrayContaining([
        ["price", "succeeded"],
        ["size", "succeeded"],
        ["tell", "succeeded"],
      ]),
    );
  });

  it("delivered twice starts one run and answers with the first event", async () => {
    const first = (await (await send(event("evt_main_2"))).json()) as { event: string };
    const again = await send(event("evt_main_2"));
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ event: first.event });
    await endedRun(app, first.event, flowId);
    const { items } = await app.api<{ items: { eventId: string }[] }>("GET", `/runs?flowId=${flowId}&limit=100`);
    expect(items.filter((run) => run.eventId === first.event)).toHaveLength(1);
  });

  it("changed after signing is refused, and the refusal is kept with its reason", async () => {
    const answer = await send(event("evt_main_3", { livemode: true }), event("evt_main_3"));
    expect(answer.status).toBe(401);
    const refused = await eventually("the refusal is listed", async () => {
      const { items } = await app.api<{ items: { verdict: string; reason: string | null }[] }>("GET", `/endpoints/${endpoint.id}/requests`);
      return items.find((item) => item.verdict === "refused");
    });
    expect(refused.reason).toBe("signature-mismatch");
  });

  it("of a type the flow did not ask for is kept and starts nothing", async () => {
    const answer = await send(event("evt_main_4", { type: "plan.deleted" }));
    expect(answer.status).toBe(202);
    const { event: eventId } = (await answer.json()) as { event: string };
    expect(await app.api("GET", `/events/${eventId}`)).toMatchObject({ verdict: "no flow", eventType: "plan.deleted" });
  });
});

describe("GitHub events", () => {
  let endpoint: MadeEndpoint;

  beforeAll(async () => {
    endpoint = await makeEndpoint(app, "github", GITHUB_SECRET);
  });

  const example = (name: string, wanted: (payload: never) => boolean) => {
    const found = githubExamples.find((item) => item.name === name)?.examples.find((payload) => wanted(payload as never));
    if (found === undefined) throw new Error(`no example of ${name}`);
    return found as Record<string, never>;
  };
  const send = async (name: string, payload: unknown, delivery: string) => {
    const body = JSON.stringify(payload);
    const answer = await fetch(endpoint.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": name,
        "x-github-delivery": delivery,
        "x-hub-signature-256": await sign(GITHUB_SECRET, body),
      },
      body,
    });
    expect(answer.status, await answer.clone().text()).toBe(202);
    return ((await answer.json()) as { event: string }).event;
  };

  it("push: one call per commit with nested lists mapped", async () => {
    const payload = example("push", (push: { commits: unknown[] }) => push.commits.length > 0) as unknown as {
      ref: string;
      commits: { id: string; message: string; added: string[]; modified: string[]; author: { name: string } }[];
    };
    const more = {
      ...payload,
      commits: [
        ...payload.commits,
        { ...payload.commits[0], id: "second", message: 'Say "hi"\nline two', added: ["a.txt", "b.txt"], modified: [] },
      ],
    };
    const flowId = await publishFlow(
      app,
      endpoint.id,
      [
        {
          kind: "forEach",
          id: "commits",
          name: "Each commit",
          items: "[trigger.body.commits]",
          concurrency: 1,
          onItemError: "stop",
          steps: [
            action("post", "http.request", {
              method: "PUT",
              url: `${target.url}/commits/{{ item.id }}`,
              body: {
                kind: "json",
                json: '{"n": {{ index }}, "message": {{ item.message }}, "files": {{ [item.added, item.modified] }}, "by": "{{ item.author.name }}"}',
              },
            }),
          ],
        },
      ],
      { eventTypes: ["push"] },
    );
    const run = await endedRun(app, await send("push", more, "72d3162e-cc78-11e3-81ab-4c9367dc0958"), flowId);
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });
    const calls = target.calls.filter((call) => call.path.startsWith("/commits/"));
    expect(calls.map((call) => call.path)).toEqual(more.commits.map((commit) => `/commits/${commit.id}`));
    const bodies = calls.map((call) => JSON.parse(call.body.toString("utf8")) as unknown);
    expect(bodies).toEqual(
      more.commits.map((commit, n) => ({
        n,
        message: commit.message,
        files: [...(commit.added ?? []), ...(commit.modified ?? [])],
        by: commit.author?.name,
      })),
    );
  });

  it("pull_request: mailed with dates and labels", async () => {
    const payload = example(
      "pull_request",
      (item: { action: string; pull_request: { labels: unknown[] } }) => item.action === "labeled" && item.pull_request.labels.length > 0,
    ) as unknown as {
      number: number;
      pull_request: { title: string; created_at: string; labels: { name: string }[]; user: { login: string } };
    };
    const flowId = await publishFlow(
      app,
      endpoint.id,
      [
        action(
          "mail",
          "email.send",
          {
            to: '{{ ["grace@example.com", "ada@example.com"] }}',
            subject: "#{{ trigger.body.number }} {{ trigger.body.pull_request.title }}",
            text: 'By {{ trigger.body.pull_request.user.login }} on {{ $fromMillis($toMillis(trigger.body.pull_request.created_at), "[D1] [MNn] [Y0001]") }}: {{ $join([trigger.body.pull_request.labels.name], ", ") }}',
          },
          smtp,
        ),
      ],
      { eventTypes: ["pull_request"], filter: 'trigger.body.action = "labeled"' },
    );
    const run = await endedRun(app, await send("pull_request", payload, "a2d3162e-cc78-11e3-81ab-4c9367dc0958"), flowId);
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });
    const found = mail.mails.find((item) => item.parsed.subject === `#${payload.number} ${payload.pull_request.title}`);
    const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(
      new Date(payload.pull_request.created_at),
    );
    expect(found?.to).toEqual(["grace@example.com", "ada@example.com"]);
    expect(found?.parsed.text?.trim()).toBe(
      `By ${payload.pull_request.user.login} on ${day}: ${payload.pull_request.labels.map((label) => label.name).join(", ")}`,
    );

    const other = await endedRun(
      app,
      await send("pull_request", { ...payload, action: "closed" }, "b2d3162e-cc78-11e3-81ab-4c9367dc0958"),
      flowId,
    );
    expect(other.status).toBe("filtered");
  });

  it("issues: the branch follows a condition on the payload", async () => {
    const payload = example(
      "issues",
      (item: { action: string; issue: { labels?: unknown[] } }) => item.action === "opened" && (item.issue.labels?.length ?? 0) > 0,
    ) as unknown as { issue: { number: number; title: string; labels: { name: string }[] } };
    const flowId = await publishFlow(
      app,
      endpoint.id,
      [
        {
          kind: "branch",
          id: "kind",
          name: "Kind",
          cases: [
            {
              id: "bug",
              name: "Bug",
              when: '"bug" in trigger.body.issue.labels.name',
              steps: [
                action("bug_call", "http.request", {
                  method: "POST",
                  url: `${target.url}/bugs`,
                  body: {
                    kind: "form",
                    fields: [
                      { name: "title", value: "{{ trigger.body.issue.title }}" },
                      { name: "labels", value: "{{ [trigger.body.issue.labels.name] }}" },
                    ],
                  },
                }),
              ],
            },
          ],
          otherwise: [
            action("other_call", "http.request", {
              method: "POST",
              url: `${target.url}/other`,
              body: { kind: "text", text: "{{ trigger.body.issue.title }}" },
            }),
          ],
        },
      ],
      { eventTypes: ["issues"] },
    );
    const bug = { ...payload, issue: { ...payload.issue, labels: [{ name: "bug" }, { name: "p1" }] } };
    const feature = { ...payload, issue: { ...payload.issue, title: "Größe & mehr", labels: [{ name: "feature" }] } };
    expect(await endedRun(app, await send("issues", bug, "c2d3162e-cc78-11e3-81ab-4c9367dc0958"), flowId)).toMatchObject({
      status: "succeeded",
    });
    expect(await endedRun(app, await send("issues", feature, "d2d3162e-cc78-11e3-81ab-4c9367dc0958"), flowId)).toMatchObject({
      status: "succeeded",
    });
    const bugCall = target.calls.find((call) => call.path === "/bugs");
    expect(bugCall?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(new URLSearchParams(bugCall?.body.toString("utf8")))).toEqual({
      title: payload.issue.title,
      labels: '["bug","p1"]',
    });
    expect(target.calls.find((call) => call.path === "/other")?.body.toString("utf8")).toBe("Größe & mehr");
  });
});

describe("senders without a signature", () => {
  it("a plain HTML form post is mailed with its values escaped in HTML", async () => {
    const endpoint = await makeEndpoint(app, "none");
    const flowId = await publishFlow(app, endpoint.id, [
      action(
        "mail",
        "email.send",
        {
          to: "{{ trigger.body.email }}",
          subject: "Thanks, {{ trigger.body.name }}",
          text: "{{ trigger.body.message }}",
          html: "<p>{{ trigger.body.message }}</p>",
        },
        smtp,
      ),
    ]);
    const answer = await fetch(endpoint.url, {
      method: "POST",
      body: new URLSearchParams({ name: "Zoë", email: "zoe@example.com", message: "<script>1</script> & more" }),
    });
    expect(answer.status).toBe(202);
    const run = await endedRun(app, ((await answer.json()) as { event: string }).event, flowId);
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });
    const found = mail.mails.find((item) => item.to[0] === "zoe@example.com");
    expect(found?.parsed.subject).toBe("Thanks, Zoë");
    expect(found?.parsed.text?.trim()).toBe("<script>1</script> & more");
    expect(found?.parsed.html).toBe("<p>&lt;script&gt;1&lt;/script&gt; &amp; more</p>");
  });

  it("an XML body is mapped by its elements and attributes", async () => {
    const endpoint = await makeEndpoint(app, "none");
    const flowId = await publishFlow(app, endpoint.id, [
      action("post", "http.request", {
        method: "POST",
        url: `${target.url}/orders`,
        body: { kind: "json", json: '{"id": {{ trigger.body.order.`@id` }}, "skus": {{ [trigger.body.order.item.sku] }}}' },
      }),
    ]);
    const xml = '<?xml version="1.0"?><order id="0012"><item><sku>A-1</sku></item><item><sku>1e5</sku></item></order>';
    const answer = await fetch(endpoint.url, { method: "POST", headers: { "content-type": "application/xml" }, body: xml });
    expect(answer.status).toBe(202);
    const { event } = (await answer.json()) as { event: string };
    const run = await endedRun(app, event, flowId);
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });
    expect(JSON.parse(target.calls.find((call) => call.path === "/orders")?.body.toString("utf8") ?? "null")).toEqual({
      id: "0012",
      skus: ["A-1", "1e5"],
    });
    const raw = await fetch(`${app.url}/api/v1/events/${event}/body`, {
      headers: { authorization: "Bearer hl_test_0123456789abcdef0123456789abcdef" },
    });
    expect(await raw.text()).toBe(xml);
  });
});
