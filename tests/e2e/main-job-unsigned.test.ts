import { describe, expect, it } from "vitest";
import { action, endedRun, makeEndpoint, publishFlow } from "../support/flow.ts";
import { useJobSite } from "../support/job-site.ts";
import { OWNER } from "../support/running-app.ts";

const site = useJobSite();

describe("senders without a signature", () => {
  it("a plain HTML form post is mailed with its values escaped in HTML", async () => {
    const endpoint = await makeEndpoint(site.app, "none");
    const flowId = await publishFlow(site.app, endpoint.id, [
      action(
        "mail",
        "email.send",
        {
          to: "{{ trigger.body.email }}",
          subject: "Thanks, {{ trigger.body.name }}",
          text: "{{ trigger.body.message }}",
          html: "<p>{{ trigger.body.message }}</p>",
        },
        site.smtp,
      ),
    ]);
    const answer = await fetch(endpoint.url, {
      method: "POST",
      body: new URLSearchParams({ name: "Zoë", email: "zoe@example.com", message: "<script>1</script> & more" }),
    });
    expect(answer.status).toBe(202);
    const run = await endedRun(site.app, ((await answer.json()) as { event: string }).event, flowId);
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });
    const found = site.mail.mails.find((item) => item.to[0] === "zoe@example.com");
    expect(found?.parsed.subject).toBe("Thanks, Zoë");
    expect(found?.parsed.text?.trim()).toBe("<script>1</script> & more");
    expect(found?.parsed.html).toBe("<p>&lt;script&gt;1&lt;/script&gt; &amp; more</p>");
  });

  it("an XML body is mapped by its elements and attributes", async () => {
    const endpoint = await makeEndpoint(site.app, "none");
    const flowId = await publishFlow(site.app, endpoint.id, [
      action("post", "http.request", {
        method: "POST",
        url: `${site.target.url}/orders`,
        body: {
          kind: "json",
          json: '{"id": {{ trigger.body.order.`@id` }}, "skus": {{ [trigger.body.order.item.sku] }}}',
        },
      }),
    ]);
    const xml = '<?xml version="1.0"?><order id="0012"><item><sku>A-1</sku></item><item><sku>1e5</sku></item></order>';
    const answer = await fetch(endpoint.url, {
      method: "POST",
      headers: { "content-type": "application/xml" },
      body: xml,
    });
    expect(answer.status).toBe(202);
    const { event } = (await answer.json()) as { event: string };
    const run = await endedRun(site.app, event, flowId);
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });
    expect(
      JSON.parse(site.target.calls.find((call) => call.path === "/orders")?.body.toString("utf8") ?? "null"),
    ).toEqual({
      id: "0012",
      skus: ["A-1", "1e5"],
    });
    const raw = await fetch(`${site.app.url}/api/v1/events/${event}/body`, {
      headers: { authorization: `Bearer ${OWNER.apiKey}` },
    });
    expect(await raw.text()).toBe(xml);
  });
});
