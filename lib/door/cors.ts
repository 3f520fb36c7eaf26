import { refusedBy, type Stage } from "#lib/door/passing.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { refuse } from "#lib/door/refusals.ts";
import type { RequestHead, SenderAnswer } from "#lib/door/request-head.ts";
import { answerWith } from "#lib/door/sender-answers.ts";
import { headerValue } from "#lib/webhooks/headers.ts";

/** How long browsers remember a preflight: a changed list of origins holds everywhere after ten minutes. */
const PREFLIGHT_SECONDS = 600;

/** Header names as a browser lists them; anything else is not echoed. */
const HEADER_NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/;
const HEADER_NAMES_CHARACTERS_MAX = 1_000;

/** What a page's script may read of an answer beside its status and body. */
const EXPOSED = "retry-after, x-request-id";

type Asked = Pick<RequestHead, "method" | "headers">;

/**
 * A browser's question whether a page's script may post here: its answer, or why the answer is no. Goes on when the
 * request is none, or the endpoint names no origins. Nothing is stored for a yes; CloudEvents' own OPTIONS handshake is
 * not ours.
 */
export const answerPreflight: Stage = (passing) => {
  const { receiver, head } = passing;
  if (head.method !== "OPTIONS" || receiver.settings.form.origins.length === 0 || receiver.deleted) return null;
  if (headerValue(head.headers, "access-control-request-method") === null) return null;
  if (headerValue(head.headers, "webhook-request-origin") !== null) return null;
  const origin = headerValue(head.headers, "origin") ?? "null";
  if (allowedOrigin(receiver, head) === null) {
    const who =
      /^[\x21-\x7e]{1,300}$/.test(origin) && origin !== "null"
        ? `pages of ${origin}`
        : "pages without an origin of their own";
    return refusedBy(passing, refuse("origin-not-allowed", `Scripts on ${who} may not post to this address.`));
  }
  const asked = headerValue(head.headers, "access-control-request-headers") ?? "";
  const echoed = asked.length <= HEADER_NAMES_CHARACTERS_MAX && HEADER_NAMES.test(asked) ? asked : "content-type";
  const answer = answerWith(
    204,
    [
      ["access-control-allow-methods", receiver.settings.methods.join(", ")],
      ["access-control-allow-headers", echoed],
      ["access-control-max-age", String(PREFLIGHT_SECONDS)],
    ],
    "",
  );
  return { kind: "preflight", answer };
};

/**
 * The same answer with what lets the page that posted read it, refusals included. Never with credentials: nobody is
 * signed in here. Other origins' pages get no such header; where no origin is named the answer stays as it is.
 */
export function withCors(receiver: Receiver, head: Asked, answer: SenderAnswer): SenderAnswer {
  if (receiver.settings.form.origins.length === 0) return answer;
  const allowed = allowedOrigin(receiver, head);
  const headers: SenderAnswer["headers"] =
    allowed === null
      ? []
      : [
          ["access-control-allow-origin", allowed],
          ["access-control-expose-headers", EXPOSED],
        ];
  return { ...answer, headers: [...answer.headers, ["vary", "origin"], ...headers] };
}

/**
 * What `access-control-allow-origin` says to this request; null when it has no origin or one that is not on the list.
 */
function allowedOrigin(receiver: Receiver, head: Asked): string | null {
  const origin = headerValue(head.headers, "origin");
  if (origin === null) return null;
  const { origins } = receiver.settings.form;
  if (origins.includes("*")) return "*";
  return origins.includes(origin) ? origin : null;
}
