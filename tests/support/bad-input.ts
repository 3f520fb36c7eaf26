import { afterEach, beforeAll, expect } from "vitest";
import { readRequestBody } from "#lib/commands/requests/read-request-body.ts";
import type { Actor } from "#lib/core/actor.ts";
import type { Json } from "#lib/core/json.ts";
import { findRequest, type StoredRequest } from "#lib/db/requests.ts";
import type { BodyReadingView } from "#lib/views/body-views.ts";
import { type LiveRuns, useLiveRuns } from "#tests/support/live-runs.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { type RawRequest, sendRaw } from "#tests/support/send-raw.ts";

/** A body as it is sent, with its headers and query. */
export type BadInput = {
  readonly body: string | Uint8Array;
  readonly headers?: RawRequest["headers"];
  readonly query?: string;
};

/** What became of it: the answer, the stored request, the parsed view, and what a run saw. */
export type BadInputOutcome = {
  status: number;
  stored: StoredRequest | null;
  view: BodyReadingView | null;
  seen: Json;
};

/** The header of a JSON body. */
export const JSON_BODY: RawRequest["headers"] = [["content-type", "application/json"]];

/**
 * Sends bodies through the running door to one endpoint with one live flow. Needs `useTestDatabase()` before it. After
 * each test it looks whether anything got into the prototypes of this process.
 */
export function useBadInput(expression: string, settings: object = {}) {
  const door = useFastDoor();
  const runs: LiveRuns = useLiveRuns();
  let actor: Actor;
  let endpoint: { id: string; path: string };
  beforeAll(async () => {
    actor = await makeWorkspace();
    endpoint = await makeEndpoint(actor, { settings: { dedupe: { kind: "off" }, ...settings } });
    await runs.publish(actor, endpoint.id, expression);
  });
  afterEach(() => expect(prototypes(), "a prototype was changed").toBe(PROTOTYPES));

  const send = async ({ body, headers = JSON_BODY, query = "" }: BadInput) => {
    const answer = await sendRaw(door.url, {
      method: "POST",
      target: endpoint.path + query,
      headers,
      body: Buffer.from(body),
    });
    expect(answer.status).toBeLessThan(500);
    const event = answer.status === 202 ? (JSON.parse(answer.body.toString()) as { event: string }).event : null;
    return { status: answer.status, event };
  };
  return {
    get actor() {
      return actor;
    },
    get endpoint() {
      return endpoint;
    },
    get url() {
      return door.url;
    },
    /** Sends it, checks that the bytes are stored as sent, reads it, and (unless told not to) runs the flow on it. */
    async through(input: BadInput, { run = true } = {}): Promise<BadInputOutcome> {
      const { status, event } = await send(input);
      if (event === null) return { status, stored: null, view: null, seen: null };
      const stored = await findRequest(actor.workspaceId, endpoint.id, event);
      expect(stored?.body.equals(Buffer.from(input.body))).toBe(true);
      const view = await readRequestBody(actor, endpoint.id, event);
      return { status, stored, view, seen: run ? await runs.outcomeOf(event) : null };
    },
  };
}

/** One line of a golden table: status, kind, and problems in words. */
export function tableLine(name: string, { status, view }: BadInputOutcome): string {
  const problems = view?.problems.map(({ sentence }) => sentence).join(" ") ?? "";
  return `${name.padEnd(60)} ${status} ${(view?.kind ?? "-").padEnd(9)} ${JSON.stringify(problems)}`;
}

const PROTOTYPES = prototypes();

function prototypes(): string {
  return [Object.prototype, Array.prototype, String.prototype, Function.prototype]
    .map((prototype) => Object.getOwnPropertyNames(prototype).join())
    .join(";");
}
