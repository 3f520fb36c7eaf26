import { beforeAll, expect } from "vitest";
import { readRequestBody } from "#lib/commands/requests/read-request-body.ts";
import type { Actor } from "#lib/core/actor.ts";
import { findRequest } from "#lib/db/requests.ts";
import { useLiveRuns } from "#tests/support/live-runs.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { type RawRequest, sendRaw } from "#tests/support/send-raw.ts";

/** A body and its headers; JSON unless said. */
export type SentBody = { readonly body: Buffer | string; readonly headers?: RawRequest["headers"] };

/** Sends bodies through the running door. Needs `useTestDatabase()` before it. */
export function useBodies() {
  const door = useFastDoor();
  const runs = useLiveRuns();
  let actor: Actor;
  beforeAll(async () => {
    actor = await makeWorkspace();
  });
  const post = async (path: string, { body, headers = [["content-type", "application/json"]] }: SentBody) => {
    const answer = await sendRaw(door.url, { method: "POST", target: path, headers, body: Buffer.from(body) });
    const text = answer.body.toString();
    return { status: answer.status, event: answer.status < 300 ? (JSON.parse(text) as { event: string }).event : "" };
  };
  return {
    get actor() {
      return actor;
    },
    post,
    /**
     * Sends one request to an endpoint of its own; gives the stored bytes, the view, and what a run saw of
     * `expression`.
     */
    async trySend(sent: SentBody, expression = "trigger.body", settings: object = {}) {
      const endpoint = await makeEndpoint(actor, { settings });
      await runs.publish(actor, endpoint.id, expression);
      const { status, event } = await post(endpoint.path, sent);
      expect(status).toBe(202);
      const stored = await findRequest(actor.workspaceId, endpoint.id, event);
      return {
        endpoint,
        event,
        stored,
        view: await readRequestBody(actor, endpoint.id, event),
        seen: await runs.outcomeOf(event),
      };
    },
  };
}
