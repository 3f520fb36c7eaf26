import { createHmac } from "node:crypto";
import { bodyText } from "#lib/webhooks/body-fields.ts";
import { untrustedSubscribeUrl } from "#lib/webhooks/custom/aws-sns.ts";
import { headerValue, queryValue } from "#lib/webhooks/headers.ts";
import type { HandshakeSpec, Provider } from "#lib/webhooks/provider-types.ts";
import { hasShape } from "#lib/webhooks/request-shape.ts";
import { sameText } from "#lib/webhooks/same-text.ts";
import type { HeaderList, VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

/** Longest challenge that is echoed, in characters. */
export const CHALLENGE_CHARACTERS_MAX = 4_096;

/** What of an endpoint's settings a handshake needs. `pairingOpen`: the owner asked to accept a new secret now. */
export type HandshakeSettings = Pick<VerificationSettings, "secrets" | "options"> & { readonly pairingOpen?: boolean };

/**
 * Something that must be done besides answering; performed by the caller, through the egress guard where it calls out.
 */
export type HandshakeEffect =
  | { readonly kind: "confirm-subscription"; readonly confirmUrl: string }
  /**
   * Store this secret for the endpoint, or show it to its owner: it is only offered while none is set or pairing is
   * open.
   */
  | { readonly kind: "offer-secret"; readonly secret: string };

/** A handshake's answer. It never starts a run. */
export type HandshakeAnswer = {
  readonly id: string;
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
  /** Give this answer only to a request that `verify` finds verified (or not configured). */
  readonly verifyFirst: boolean;
  readonly worksWhilePaused: boolean;
  /**
   * Only shows that the address is alive: an endpoint whose owner allowed this method takes the request as an event
   * instead.
   */
  readonly probe: boolean;
  readonly effect: HandshakeEffect | null;
  readonly help: string;
};

const TEXT: HeaderList = [
  ["content-type", "text/plain"],
  ["x-content-type-options", "nosniff"],
];
const JSON_TYPE: HeaderList = [["content-type", "application/json"]];

/**
 * The answer to a provider's handshake, or null when the request is none. Pure: nothing is stored or called.
 * `secretIndex` is the secret that verified the request, for challenges answered with a MAC.
 */
export function answerHandshake(
  provider: Pick<Provider, "handshakes">,
  request: WebhookRequest,
  settings: HandshakeSettings,
  secretIndex = 0,
): HandshakeAnswer | null {
  for (const spec of provider.handshakes) {
    if (!hasShape(spec.when, request)) continue;
    const answer = answerSpec(spec, request, settings, secretIndex);
    if (answer !== null) return answer;
  }
  return null;
}

function answerSpec(
  spec: HandshakeSpec,
  request: WebhookRequest,
  settings: HandshakeSettings,
  secretIndex: number,
): HandshakeAnswer | null {
  const reply = (
    status: number,
    headers: HeaderList,
    body: string,
    effect: HandshakeEffect | null = null,
    probe = false,
  ): HandshakeAnswer => ({
    id: spec.id,
    status,
    headers,
    body,
    verifyFirst: spec.verifyFirst,
    worksWhilePaused: spec.worksWhilePaused,
    probe,
    effect,
    help: spec.help,
  });
  const { answer } = spec;
  switch (answer.kind) {
    case "echo-query": {
      const challenge = short(queryValue(request.url, answer.param));
      if (challenge === null) return null;
      if (answer.mustEqual && queryValue(request.url, answer.mustEqual[0]) !== answer.mustEqual[1])
        return reply(403, TEXT, `${answer.mustEqual[0]} is not ${answer.mustEqual[1]}.`);
      if (answer.verifyToken) {
        const expected = settings.options?.[answer.verifyToken.option] ?? "";
        if (expected === "") return reply(403, TEXT, "No verify token is configured for this endpoint.");
        if (!sameText(queryValue(request.url, answer.verifyToken.param) ?? "", expected))
          return reply(403, TEXT, "The verify token is not the configured one.");
      }
      return reply(200, TEXT, challenge);
    }
    case "echo-body-text": {
      const challenge = short(bodyText(request, answer.path));
      return challenge === null ? reply(400, TEXT, noField(answer.path)) : reply(200, TEXT, challenge);
    }
    case "echo-body-json": {
      const challenge = short(bodyText(request, answer.path));
      return challenge === null
        ? reply(400, TEXT, noField(answer.path))
        : reply(200, JSON_TYPE, JSON.stringify({ [answer.key]: challenge }));
    }
    case "echo-header-json": {
      const challenge = short(headerValue(request.headers, answer.header));
      return challenge === null ? null : reply(200, JSON_TYPE, JSON.stringify({ [answer.key]: challenge }));
    }
    case "pair-by-header": {
      const secret = short(headerValue(request.headers, answer.header));
      if (secret === null || !/^[\x21-\x7e]+$/.test(secret) || !mayPair(settings)) return null;
      return reply(200, [[answer.header, secret]], "", { kind: "offer-secret", secret });
    }
    case "pair-by-body": {
      const secret = short(bodyText(request, answer.path));
      return secret === null || !mayPair(settings) ? null : reply(200, TEXT, "", { kind: "offer-secret", secret });
    }
    case "hmac-body-json": {
      const plain = short(bodyText(request, answer.path));
      const key = settings.secrets[secretIndex] ?? "";
      if (plain === null) return reply(400, TEXT, noField(answer.path));
      if (key === "") return reply(403, TEXT, "No secret is configured for this endpoint.");
      return reply(
        200,
        JSON_TYPE,
        JSON.stringify({
          [answer.plainKey]: plain,
          [answer.macKey]: createHmac("sha256", key).update(plain).digest("hex"),
        }),
      );
    }
    case "hmac-query-json": {
      const plain = short(queryValue(request.url, answer.param));
      const key = settings.secrets[secretIndex] ?? "";
      if (plain === null) return null;
      if (key === "") return reply(403, TEXT, "No secret is configured for this endpoint.");
      return reply(
        200,
        JSON_TYPE,
        JSON.stringify({ [answer.key]: answer.prefix + createHmac("sha256", key).update(plain).digest("base64") }),
      );
    }
    case "cloudevents-options": {
      const origin = headerValue(request.headers, "webhook-request-origin");
      if (origin === null || !/^[\x21-\x7e]{1,255}$/.test(origin)) return null;
      const rate = headerValue(request.headers, "webhook-request-rate");
      return reply(
        200,
        [
          ["webhook-allowed-origin", origin],
          ["webhook-allowed-rate", rate !== null && /^(?:\d{1,9}|\*)$/.test(rate) ? rate : "*"],
          ["allow", "POST"],
        ],
        "",
      );
    }
    case "confirm-subscription": {
      const confirmUrl = bodyText(request, answer.urlPath) ?? "";
      const problem = untrustedSubscribeUrl(confirmUrl, bodyText(request, answer.topicPath) ?? "");
      return problem === null
        ? reply(200, TEXT, "", { kind: "confirm-subscription", confirmUrl })
        : reply(400, TEXT, problem);
    }
    case "fixed":
      return reply(answer.status, answer.headers ?? [], answer.body ?? "", null, answer.probe ?? false);
  }
}

/**
 * A new secret is only taken while there is none, or while the owner opened a pairing window: otherwise anybody could
 * re-key the endpoint.
 */
function mayPair(settings: HandshakeSettings): boolean {
  return settings.pairingOpen === true || !settings.secrets.some((secret) => secret !== "");
}

/** The sender asks, but leaves out what is to be answered: an event it is not. */
function noField(path: string): string {
  return `The challenge has no ${path}, or it is longer than ${CHALLENGE_CHARACTERS_MAX} characters.`;
}

function short(value: string | null): string | null {
  return value !== null && value !== "" && value.length <= CHALLENGE_CHARACTERS_MAX ? value : null;
}
