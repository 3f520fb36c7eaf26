import type { PlanContext, PlanResult } from "#lib/engine/action.ts";
import { credentialHeader } from "#lib/engine/connections/connection-kinds.ts";
import type { HttpEffect, SlottedText } from "#lib/engine/effect.ts";
import { headerProblem } from "#lib/engine/request-header.ts";

type Refused = Extract<PlanResult, { kind: "refused" }>;

/**
 * All headers of a call in wire order: those written by hand, the connection's, and Content-Type, Accept, User-Agent
 * and Idempotency-Key where they are not among them.
 */
export function writeHeaders(
  rows: readonly { name: string; value: string }[],
  contentType: string | null,
  context: PlanContext,
): { kind: "written"; list: HttpEffect["headers"] } | Refused {
  const list: [string, SlottedText][] = [];
  const names = new Set<string>();
  for (const [index, { name, value }] of rows.entries()) {
    if (name === "") continue;
    const field = `headers.${index}`;
    const problem = headerProblem(name, value);
    if (problem !== null) return refused("header-not-allowed", field, problem);
    if (names.has(name.toLowerCase()))
      return refused("header-not-allowed", field, `The header ${name} is given twice.`);
    names.add(name.toLowerCase());
    list.push([name, value.trim()]);
  }
  const auth = context.connection === null ? null : credentialHeader(context.connection);
  if (auth !== null) {
    if (names.has(auth[0].toLowerCase()))
      return refused(
        "header-not-allowed",
        "headers",
        `The header ${auth[0]} comes from the connection: remove it here.`,
      );
    list.push(auth);
  }
  if (contentType !== null && !names.has("content-type")) {
    const problem = headerProblem("Content-Type", contentType);
    if (problem !== null) return refused("header-not-allowed", "body.contentType", problem);
    list.push(["Content-Type", contentType]);
  }
  if (!names.has("accept")) list.push(["Accept", "*/*"]);
  if (!names.has("user-agent")) list.push(["User-Agent", "Hookline"]);
  // Theirs wins: some APIs want a key with a meaning of its own.
  if (!names.has("idempotency-key")) list.push(["Idempotency-Key", context.idempotencyKey]);
  return { kind: "written", list };
}

function refused(code: string, field: string, message: string): Refused {
  return { kind: "refused", code, field, message };
}
