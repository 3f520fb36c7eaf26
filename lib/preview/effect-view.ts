import type { WorkspaceId } from "#lib/core/ids.ts";
import { isWrittenObject, type Written, writeJson } from "#lib/core/json-text.ts";
import { findConnection } from "#lib/db/connections.ts";
import type { EffectView } from "#lib/engine/edit/preview-types.ts";
import type { HttpEffect } from "#lib/engine/effect.ts";
import { effectAsCurl, shownText } from "#lib/engine/effect-as-curl.ts";
import type { PlannedStep } from "#lib/engine/run-ports.ts";

/** A planned effect as a person may see it: the exact call or message, secrets as •••• and as variables in curl. */
export async function effectView(workspaceId: WorkspaceId, planned: PlannedStep): Promise<EffectView> {
  if (planned.kind === "refused") return { kind: "refused", code: planned.code, message: planned.message };
  const { effect, input } = planned;
  switch (effect.kind) {
    case "value":
      return { kind: "value", json: writeJson(effect.output) };
    case "answer":
      return {
        kind: "answer",
        status: effect.status,
        headers: effect.headers.map(([name, value]) => [name, value]),
        body: effect.body,
      };
    case "http":
      return {
        kind: "http",
        method: effect.method,
        url: effect.url,
        headers: effect.headers.map(([name, value]) => [name, shownText(value)]),
        body: bodyText(effect),
        curl: effectAsCurl(effect),
        held: planned.held,
      };
    case "email": {
      const connection = effect.connectionId === null ? null : await findConnection(workspaceId, effect.connectionId);
      return {
        kind: "email",
        from: effect.envelope.from,
        recipients: [...effect.envelope.to],
        subject: effect.subject,
        html: textOf(input, "html"),
        text: textOf(input, "text"),
        source: effect.message,
        through: connection === null ? "Outbox: kept here, not sent" : connection.name,
      };
    }
  }
}

function textOf(input: Written, key: string): string | null {
  const value = isWrittenObject(input) ? input[key] : null;
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

function bodyText(effect: HttpEffect): string | null {
  if (effect.body === null) return null;
  return "text" in effect.body
    ? effect.body.text
    : `(${Math.ceil((effect.body.base64.length * 3) / 4)} bytes, not text)`;
}
