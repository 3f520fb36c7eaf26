import { expect, it } from "vitest";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { parseTopics } from "#lib/core/live-topics.ts";
import { announce } from "#lib/db/live.ts";
import { openLiveStream } from "#lib/loaders/live-stream.ts";
import { closeLiveStreams } from "#lib/platform/live-streams.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();

/** Opens a stream and collects its text; `ended` resolves when it is over. */
function listen(workspaceId: WorkspaceId, topics: string[], stillAllowed: () => Promise<boolean> = async () => true) {
  const abort = new AbortController();
  const reader = openLiveStream({
    workspaceId,
    person: "user test",
    topics,
    stillAllowed,
    signal: abort.signal,
  }).getReader();
  const heard = { text: "" };
  const ended = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard.text += new TextDecoder().decode(value);
    }
  })();
  return { abort, reader, heard, ended };
}

/** The topics of every news event so far, without the "read everything" that follows a new connection. */
const newsOf = (text: string): string[] =>
  [...text.matchAll(/event: news\ndata: (.*)\n/g)]
    .flatMap((match) => JSON.parse(match[1] ?? "[]") as string[])
    .filter((topic) => topic !== "*");

async function until(holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 5_000;
  while (!holds() && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

it("tells a browser about its own workspace's topics, once for many changes, and nothing else", async () => {
  const [mine, other] = [newId() as WorkspaceId, newId() as WorkspaceId];
  const endpoint = `endpoint:${newId()}`;
  const { abort, heard, ended } = listen(mine, [endpoint, "runs"]);
  await until(() => heard.text.includes('data: ["*"]'));
  for (let n = 0; n < 500; n += 1) announce(mine, endpoint);
  announce(mine, "outbox");
  announce(other, endpoint);
  announce(other, "runs");
  await until(() => newsOf(heard.text).length > 0);
  announce(mine, "runs");
  await until(() => newsOf(heard.text).includes("runs"));
  expect(newsOf(heard.text)).toEqual([endpoint, "runs"]);
  abort.abort();
  await ended;
});

it("ends within five seconds when the session behind it is revoked", async () => {
  let allowed = true;
  const { ended } = listen(newId() as WorkspaceId, ["runs"], async () => allowed);
  const startedMs = performance.now();
  allowed = false;
  await ended;
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

it("ends when the server stops, and when the reader goes", async () => {
  const stopped = listen(newId() as WorkspaceId, ["runs"]);
  closeLiveStreams();
  await stopped.ended;
  const left = listen(newId() as WorkspaceId, ["runs"]);
  await left.reader.cancel();
  await left.ended;
});

it("takes topics of its closed list only", () => {
  expect(parseTopics(`runs,endpoint:${newId()},runs`)).toHaveLength(2);
  for (const text of [
    "",
    "workspace",
    "endpoint:",
    "endpoint:x y",
    "*",
    Array.from({ length: 51 }, () => `run:${newId()}`).join(","),
  ])
    expect(parseTopics(text)).toBeNull();
});
