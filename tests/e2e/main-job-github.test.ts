import { createRequire } from "node:module";
import { sign } from "@octokit/webhooks-methods";
import { beforeAll, describe, expect, it } from "vitest";
import { action, endedRun, type MadeEndpoint, makeEndpoint, publishFlow } from "../support/flow.ts";
import { useJobSite } from "../support/job-site.ts";

const require = createRequire(import.meta.url);
type GithubExamples = { name: string; examples: Record<string, never>[] }[];
const githubExamples = require("@octokit/webhooks-examples") as GithubExamples;
const GITHUB_SECRET = "it's a secret to everybody";
const site = useJobSite();

describe("GitHub events", () => {
  let endpoint: MadeEndpoint;

  beforeAll(async () => {
    endpoint = await makeEndpoint(site.app, "github", GITHUB_SECRET);
  });

  const example = (name: string, wanted: (payload: never) => boolean) => {
    const found = githubExamples
      .find((item) => item.name === name)
      ?.examples.find((payload) => wanted(payload as never));
    if (found === undefined) throw new Error(`no example of ${name}`);
    return found;
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
      site.app,
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
              url: `${site.target.url}/commits/{{ item.id }}`,
              body: {
                kind: "json",
                json:
                  '{"n": {{ index }}, "message": {{ item.message }}, ' +
                  '"files": {{ [item.added, item.modified] }}, "by": "{{ item.author.name }}"}',
              },
            }),
          ],
        },
      ],
      { eventTypes: ["push"] },
    );
    const run = await endedRun(site.app, await send("push", more, "72d3162e-cc78-11e3-81ab-4c9367dc0958"), flowId);
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });
    const calls = site.target.calls.filter((call) => call.path.startsWith("/commits/"));
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
      (item: { action: string; pull_request: { labels: unknown[] } }) =>
        item.action === "labeled" && item.pull_request.labels.length > 0,
    ) as unknown as {
      number: number;
      pull_request: { title: string; created_at: string; labels: { name: string }[]; user: { login: string } };
    };
    const flowId = await publishFlow(
      site.app,
      endpoint.id,
      [
        action(
          "mail",
          "email.send",
          {
            to: '{{ ["grace@example.com", "ada@example.com"] }}',
            subject: "#{{ trigger.body.number }} {{ trigger.body.pull_request.title }}",
            text:
              "By {{ trigger.body.pull_request.user.login }} on " +
              '{{ $fromMillis($toMillis(trigger.body.pull_request.created_at), "[D1] [MNn] [Y0001]") }}: ' +
              '{{ $join([trigger.body.pull_request.labels.name], ", ") }}',
          },
          site.smtp,
        ),
      ],
      { eventTypes: ["pull_request"], filter: 'trigger.body.action = "labeled"' },
    );
    const run = await endedRun(
      site.app,
      await send("pull_request", payload, "a2d3162e-cc78-11e3-81ab-4c9367dc0958"),
      flowId,
    );
    expect(run, JSON.stringify(run)).toMatchObject({ status: "succeeded" });
    const found = site.mail.mails.find(
      (item) => item.parsed.subject === `#${payload.number} ${payload.pull_request.title}`,
    );
    const day = new Intl.DateTimeFormat("en-GB", {
      day: "numeric",
      month: "long",
      year: "numeric",
      timeZone: "UTC",
    }).format(new Date(payload.pull_request.created_at));
    expect(found?.to).toEqual(["grace@example.com", "ada@example.com"]);
    const labels = payload.pull_request.labels.map((label) => label.name).join(", ");
    expect(found?.parsed.text?.trim()).toBe(`By ${payload.pull_request.user.login} on ${day}: ${labels}`);

    const other = await endedRun(
      site.app,
      await send("pull_request", { ...payload, action: "closed" }, "b2d3162e-cc78-11e3-81ab-4c9367dc0958"),
      flowId,
    );
    expect(other.status).toBe("filtered");
  });

  it("issues: the branch follows a condition on the payload", async () => {
    const payload = example(
      "issues",
      (item: { action: string; issue: { labels?: unknown[] } }) =>
        item.action === "opened" && (item.issue.labels?.length ?? 0) > 0,
    ) as unknown as { issue: { number: number; title: string; labels: { name: string }[] } };
    const flowId = await publishFlow(
      site.app,
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
                  url: `${site.target.url}/bugs`,
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
              url: `${site.target.url}/other`,
              body: { kind: "text", text: "{{ trigger.body.issue.title }}" },
            }),
          ],
        },
      ],
      { eventTypes: ["issues"] },
    );
    const bug = { ...payload, issue: { ...payload.issue, labels: [{ name: "bug" }, { name: "p1" }] } };
    const feature = { ...payload, issue: { ...payload.issue, title: "Größe & mehr", labels: [{ name: "feature" }] } };
    expect(
      await endedRun(site.app, await send("issues", bug, "c2d3162e-cc78-11e3-81ab-4c9367dc0958"), flowId),
    ).toMatchObject({
      status: "succeeded",
    });
    expect(
      await endedRun(site.app, await send("issues", feature, "d2d3162e-cc78-11e3-81ab-4c9367dc0958"), flowId),
    ).toMatchObject({
      status: "succeeded",
    });
    const bugCall = site.target.calls.find((call) => call.path === "/bugs");
    expect(bugCall?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
    expect([...new URLSearchParams(bugCall?.body.toString("utf8"))]).toEqual([
      ["title", payload.issue.title],
      ["labels", "bug"],
      ["labels", "p1"],
    ]);
    expect(site.target.calls.find((call) => call.path === "/other")?.body.toString("utf8")).toBe("Größe & mehr");
  });
});
