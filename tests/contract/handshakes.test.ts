import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { answerHandshake, type HandshakeAnswer } from "#lib/webhooks/handshake.ts";
import { findProvider, getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { HeaderList, WebhookRequest } from "#lib/webhooks/types.ts";
import { verify } from "#lib/webhooks/verify.ts";
import { resolveProvider } from "#lib/webhooks/verify-vector.ts";
import { handshakes } from "#tests/support/recorded-handshakes.ts";

const vectors = JSON.parse(readFileSync("tests/fixtures/vectors.json", "utf8")) as ReadonlyArray<{
  id: string;
  rawBody: string;
  secret: string;
}>;
const confirmation = vectors.find(({ id }) => id === "aws-sns/subscription-confirmation-v2");

test.each(handshakes.map((each) => [each.id, each] as const))("%s is answered exactly", async (id, recorded) => {
  const provider =
    recorded.provider === "jotform-or-generic"
      ? getProvider("jotform")
      : (resolveProvider(recorded.provider)?.provider ?? findProvider(recorded.provider));
  if (!provider) throw new Error(`no provider for ${id}`);
  const rawBody = id === "aws-sns/SubscriptionConfirmation" ? confirmation?.rawBody : recorded.request.rawBody;
  const request: WebhookRequest = {
    method: recorded.request.method,
    url: recorded.request.url,
    headers: Object.entries(recorded.request.headers),
    body: Buffer.from(rawBody ?? ""),
  };
  const settings = {
    secrets: recorded.secret === undefined ? [] : [recorded.secret],
    options: {
      ...(recorded.verifyToken === undefined ? {} : { verifyToken: recorded.verifyToken }),
      topicArn: "arn:aws:sns:us-east-1:123456789012:MyTopic",
    },
  };
  const answer = answerHandshake(provider, request, settings);
  expect(answer, "is a handshake").not.toBeNull();
  if (answer === null) return;
  expect(answer.status).toBe(recorded.response.status);
  if (recorded.response.contentType !== undefined)
    expect(header(answer.headers, "content-type")).toBe(recorded.response.contentType);
  if (recorded.response.body !== undefined) expect(answer.body).toBe(recorded.response.body);
  if (recorded.response.json !== undefined) expect(answer.body).toBe(JSON.stringify(recorded.response.json));
  for (const [name, value] of Object.entries(recorded.response.headers ?? {}))
    expect(header(answer.headers, name)).toBe(value);
  expect(answer.verifyFirst).toBe(recorded.verifyFirst ?? false);
  if (recorded.verifyFirst && recorded.secret !== undefined) {
    expect((await verify(provider, request, settings, { now: new Date((recorded.now ?? 0) * 1000) })).kind).toBe(
      "verified",
    );
  }
});

describe("beyond the recorded ones", () => {
  const get = (url: string, headers: HeaderList = [], method = "GET"): WebhookRequest => ({
    method,
    url,
    headers,
    body: new Uint8Array(0),
  });
  const post = (
    body: string,
    headers: HeaderList = [["content-type", "application/json"]],
    url = "/in/abc",
  ): WebhookRequest => ({
    method: "POST",
    url,
    headers,
    body: Buffer.from(body),
  });
  const answer = (
    provider: string,
    request: WebhookRequest,
    settings: Parameters<typeof answerHandshake>[2] = { secrets: ["s"], options: {} },
  ): HandshakeAnswer | null => answerHandshake(getProvider(provider), request, settings);

  test("X's challenge is answered with a MAC, also while paused", () => {
    const crc = answer("x-twitter", get("/in/abc?crc_token=9b4507b3-9040-4669-9ca3-6b94edb50553&nonce=x"), {
      secrets: ["consumer-secret"],
      options: {},
    });
    expect(crc).toMatchObject({ status: 200, worksWhilePaused: true, verifyFirst: false });
    expect(JSON.parse(crc?.body ?? "")).toEqual({
      response_token: expect.stringMatching(/^sha256=[A-Za-z0-9+/]{43}=$/),
    });
    expect(answer("x-twitter", get("/in/abc?crc_token=x"), { secrets: [""], options: {} })?.status).toBe(403);
  });

  test("a challenge answered with a MAC uses the secret that verified the request", () => {
    const request = post('{"payload":{"plainToken":"abc"},"event":"endpoint.url_validation"}');
    const made = (index: number): string =>
      answerHandshake(getProvider("zoom"), request, { secrets: ["new", "old"], options: {} }, index)?.body ?? "";
    expect(made(0)).not.toBe(made(1));
  });

  test("Meta without a configured verify token, or with another mode, is refused", () => {
    expect(answer("meta-whatsapp", get("/in/abc?hub.mode=subscribe&hub.challenge=1&hub.verify_token="))?.status).toBe(
      403,
    );
    expect(
      answer("meta-whatsapp", get("/in/abc?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=t"), {
        secrets: [],
        options: { verifyToken: "t" },
      })?.status,
    ).toBe(403);
  });

  test("challenges come back as text that no browser takes for HTML", () => {
    for (const [provider, request] of [
      ["dropbox", get("/in/abc?challenge=%3Cscript%3E")],
      ["microsoft-graph", get("/in/abc?validationToken=Validation%3A+a%2Bb%3Cb%3E", [], "POST")],
      ["slack", post('{"type":"url_verification","challenge":"<script>"}')],
      ["twitch", post('{"challenge":"<script>"}', [["Twitch-Eventsub-Message-Type", "webhook_callback_verification"]])],
    ] as const) {
      const made = answer(provider, request);
      expect(header(made?.headers ?? [], "content-type"), provider).toBe("text/plain");
      expect(header(made?.headers ?? [], "x-content-type-options"), provider).toBe("nosniff");
    }
    expect(answer("microsoft-graph", get("/in/abc?validationToken=Validation%3A+a%2Bb", [], "POST"))?.body).toBe(
      "Validation: a+b",
    );
  });

  test("Okta's challenge header comes back as JSON", () => {
    expect(answer("okta", get("/in/abc", [["X-Okta-Verification-Challenge", "my verification challenge"]]))?.body).toBe(
      '{"verification":"my verification challenge"}',
    );
  });

  test("monday's challenge comes back as it came", () => {
    expect(
      answer("monday", post('{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}')),
    ).toMatchObject({
      status: 200,
      verifyFirst: false,
    });
    expect(answer("monday", post('{"challenge":"x","event":{}}'))).toBeNull();
  });

  test("Asana's secret is taken while there is none, or while pairing is open, and never later", () => {
    const request = post("", [["X-Hook-Secret", "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81"]]);
    const first = answer("asana", request, { secrets: [], options: {} });
    expect(first).toMatchObject({ status: 200, effect: { kind: "offer-secret" } });
    expect(header(first?.headers ?? [], "x-hook-secret")).toBe(
      "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81",
    );
    expect(answer("asana", request, { secrets: ["known"], options: {} })).toBeNull();
    expect(answer("asana", request, { secrets: ["known"], options: {}, pairingOpen: true })).toMatchObject({
      effect: { kind: "offer-secret" },
    });
  });

  test("an SNS SubscribeURL is only called at SNS, in the topic's region, for this very topic", () => {
    const message = JSON.parse(confirmation?.rawBody ?? "{}") as Record<string, string>;
    expect(answer("aws-sns", post(JSON.stringify(message)))).toMatchObject({
      status: 200,
      verifyFirst: true,
      effect: { kind: "confirm-subscription", confirmUrl: message["SubscribeURL"] },
    });
    for (const SubscribeURL of [
      "http://sns.us-east-1.amazonaws.com/",
      "https://sns.us-east-1.amazonaws.com.evil.com/?Action=ConfirmSubscription",
      "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
      "https://sns.us-east-1.amazonaws.com/?Action=DeleteTopic",
      "https://user@sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription",
      "http://169.254.169.254/",
      "x",
    ]) {
      const made = answer("aws-sns", post(JSON.stringify({ ...message, SubscribeURL })));
      expect(made?.effect ?? null, SubscribeURL).toBeNull();
      expect(made?.status).toBe(400);
    }
  });

  test("HEAD probes of Trello, Mandrill and Intercom get 200", () => {
    for (const provider of ["trello", "mandrill", "intercom"])
      expect(answer(provider, get("/in/abc", [], "HEAD"))?.status, provider).toBe(200);
  });

  test("an oversized challenge is no handshake", () => {
    expect(answer("dropbox", get(`/in/abc?challenge=${"a".repeat(5_000)}`))).toBeNull();
  });

  test("a CloudEvents permission request cannot smuggle header values", () => {
    expect(answer("cloudevents", get("/in/abc", [["WebHook-Request-Origin", "a b"]], "OPTIONS"))).toBeNull();
    expect(
      header(
        answer("cloudevents", get("/in/abc", [["WebHook-Request-Origin", "a.example"]], "OPTIONS"))?.headers ?? [],
        "webhook-allowed-rate",
      ),
    ).toBe("*");
  });
});

function header(headers: HeaderList, name: string): string | undefined {
  return headers.find(([sent]) => sent === name)?.[1];
}
