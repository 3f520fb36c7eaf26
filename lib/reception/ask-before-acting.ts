import { hkdfSync, randomBytes } from "node:crypto";
import { askFirst, asksFirst } from "#lib/door/ask-first.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import type { SenderAnswer } from "#lib/door/request-head.ts";
import { secretKey } from "#lib/platform/secret-key.ts";
import { singleton } from "#lib/platform/singleton.ts";
import type { Reception } from "#lib/reception/reception.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * The page an endpoint shows before it acts on an opened link; null when the request goes on: it is no such endpoint's,
 * an ordinary post, or the page's button, which `reception` then remembers.
 */
export function askBeforeActing(
  receiver: Receiver,
  reception: Reception,
  request: WebhookRequest,
): SenderAnswer | null {
  if (!asksFirst(receiver.settings)) return null;
  const asked = askFirst(receiver, request, {
    key: confirmKey(),
    now: reception.head.receivedAt,
    nonce: randomBytes(12).toString("base64url"),
  });
  switch (asked.kind) {
    case "ordinary":
      return null;
    case "confirmed":
      reception.confirmNonce = asked.nonce;
      reception.checks.push({
        id: "asked-first",
        status: "passed",
        message: "Somebody pressed the button of the page that asks first.",
      });
      return null;
    case "page":
      // A look at the headers alone is not worth a row: scanners do it all day.
      if (request.method !== "HEAD") reception.askedFirst(asked.why, asked.answer.status);
      return asked.answer;
  }
}

/** The same in every process of the instance. */
function confirmKey(): Buffer {
  return singleton("confirm-key", () => Buffer.from(hkdfSync("sha256", secretKey(), "", "hookline confirm 1", 32)));
}
