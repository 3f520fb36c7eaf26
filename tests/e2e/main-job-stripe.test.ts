import Stripe from "stripe";
import { beforeAll, describe, expect, it } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { action, endedRun, type MadeEndpoint, makeEndpoint, publishFlow } from "../support/flow.ts";
import { useJobSite } from "../support/job-site.ts";
import { eventually } from "../support/running-app.ts";

const STRIPE_SECRET = "whsec_4f1d8a7c2b";
const stripeFixture = JSON.parse(vectors.find((vector) => vector.id === "stripe/genuine")?.rawBody ?? "null") as Record<
  string,
  unknown
>;
const stripe = new Stripe("sk_test_unused");
const site = useJobSite();

describe("a Stripe event", () => {
  let endpoint: MadeEndpoint;
  let flowId: string;

  beforeAll(async () => {
    endpoint = await makeEndpoint(site.app, "stripe", STRIPE_SECRET);
    flowId = await publishFlow(
      site.app,
      endpoint.id,
      [
        action("price", "transform", {
          value:
            '{ "amount": trigger.body.data.object.amount / 100, ' +
            '"currency": $uppercase(trigger.body.data.object.currency), ' +
            '"day": $fromMillis(trigger.body.data.object.created * 1000, "[Y0001]-[M01]-[D01]"), ' +
            '"yearly": trigger.body.data.object.interval = "year" }',
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
                  url: `${site.target.url}/plans/{{ trigger.body.data.object.id }}/prices`,
                  query: [{ name: "note", value: "{{ trigger.body.type }} & more" }],
                  headers: [{ name: "X-Source", value: "stripe {{ trigger.eventType }}" }],
                  body: {
                    kind: "json",
                    json:
                      '{"amount": {{ steps.price.amount }}, ' +
                      '"text": "costs {{ steps.price.amount }} {{ steps.price.currency }}", ' +
                      '"day": {{ steps.price.day }}, "meter": {{ trigger.body.data.object.meter }}, ' +
                      '"yearly": {{ steps.price.yearly }}}',
                  },
                }),
              ],
            },
          ],
          otherwise: [
            action("small", "http.request", {
              method: "POST",
              url: `${site.target.url}/small`,
              body: { kind: "none" },
            }),
          ],
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
          site.smtp,
        ),
      ],
      { eventTypes: ["plan.created"] },
    );
  });

  const event = (id: string, changes: Record<string, unknown> = {}) =>
    JSON.stringify({ ...stripeFixture, id, ...changes }, null, 2);
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
    const run = await endedRun(site.app, eventId, flowId);
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });

    const calls = site.target.calls.filter((call) => call.path.startsWith("/plans/"));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      method: "POST",
      path: "/plans/price_1PgafmB7WZ01zgkW6dKueIc5/prices?note=plan.created%20%26%20more",
    });
    expect(calls[0]?.body.toString("utf8")).toBe(
      '{"amount": 20, "text": "costs 20 USD", "day": "2024-07-25", "meter": null, "yearly": false}',
    );
    expect(calls[0]?.headers).toMatchObject({ "x-source": "stripe plan.created", "content-type": "application/json" });
    expect(calls[0]?.headers["idempotency-key"]).toMatch(/^[0-9a-f]{64}$/);

    const mails = site.mail.mails.filter((item) => item.parsed.subject === "Plan for 20 USD");
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
    await endedRun(site.app, first.event, flowId);
    const { items } = await site.app.api<{ items: { eventId: string }[] }>("GET", `/runs?flowId=${flowId}&limit=100`);
    expect(items.filter((run) => run.eventId === first.event)).toHaveLength(1);
  });

  it("changed after signing is refused, and the refusal is kept with its reason", async () => {
    const answer = await send(event("evt_main_3", { livemode: true }), event("evt_main_3"));
    expect(answer.status).toBe(401);
    const refused = await eventually("the refusal is listed", async () => {
      const { items } = await site.app.api<{ items: { verdict: string; reason: string | null }[] }>(
        "GET",
        `/endpoints/${endpoint.id}/requests`,
      );
      return items.find((item) => item.verdict === "refused");
    });
    expect(refused.reason).toBe("signature-mismatch");
  });

  it("of a type the flow did not ask for is kept and starts nothing", async () => {
    const answer = await send(event("evt_main_4", { type: "plan.deleted" }));
    expect(answer.status).toBe(202);
    const { event: eventId } = (await answer.json()) as { event: string };
    expect(await site.app.api("GET", `/events/${eventId}`)).toMatchObject({
      verdict: "no flow",
      eventType: "plan.deleted",
    });
  });
});
