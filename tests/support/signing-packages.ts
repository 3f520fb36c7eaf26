import { createHash } from "node:crypto";
import { header, oracle, type ProviderPackage, quietly, record, text } from "#tests/support/provider-package.ts";
import {
  type AdyenMessage,
  adyen,
  coinbase,
  contentful,
  formOf,
  sanity,
  stripe,
  twilio,
  workos,
} from "#tests/support/signing-oracles.ts";

type SvixLike = {
  Webhook: new (
    secret: string,
  ) => {
    sign(id: string, at: Date, body: string): string;
    verify(body: string, headers: Record<string, string>): unknown;
  };
};
const WHSEC = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

/** Packages that sign; most of them verify, too. */
export const SIGNING_PACKAGES: readonly ProviderPackage[] = [
  {
    name: "stripe",
    provider: "stripe",
    secret: "whsec_test_5f2c8a9b",
    sign: async ({ body, secret, at }) => ({
      headers: [
        [
          "Stripe-Signature",
          stripe().webhooks.generateTestHeaderString({
            payload: body,
            secret,
            timestamp: Math.floor(at.getTime() / 1000),
          }),
        ],
      ],
    }),
    verify: (request, { keys }) =>
      quietly(() => stripe().webhooks.constructEvent(text(request), header(request, "stripe-signature"), keys.secret)),
    realClock: true,
  },
  {
    name: "@octokit/webhooks-methods",
    provider: "github",
    secret: "It's a Secret to Everybody",
    sign: async ({ body, secret }) => ({
      headers: [["X-Hub-Signature-256", await (await import("@octokit/webhooks-methods")).sign(secret, body)]],
    }),
    verify: async (request, { keys }) =>
      (await import("@octokit/webhooks-methods")).verify(
        keys.secret,
        text(request),
        header(request, "x-hub-signature-256"),
      ),
  },
  ...(["standardwebhooks", "svix"] as const).map(
    (name): ProviderPackage => ({
      name,
      provider: name === "svix" ? "svix" : "standard-webhooks",
      scheme: name === "svix" ? "svix" : "standard",
      secret: WHSEC,
      sign: async ({ body, secret, at }) => {
        const { Webhook } = oracle<SvixLike>(name);
        const prefix = name === "svix" ? "svix" : "webhook";
        return {
          headers: [
            [`${prefix}-id`, "msg_1"],
            [`${prefix}-timestamp`, String(Math.floor(at.getTime() / 1000))],
            [`${prefix}-signature`, new Webhook(secret).sign("msg_1", at, body)],
          ],
        };
      },
      verify: (request, { keys }) =>
        quietly(
          () =>
            new (oracle<SvixLike>(name).Webhook)(keys.secret).verify(text(request), record(request.headers)) !==
            undefined,
        ),
      realClock: true,
    }),
  ),
  {
    name: "twilio (form)",
    provider: "twilio",
    secret: "12345",
    headers: [["Content-Type", "application/x-www-form-urlencoded"]],
    body:
      "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&To=%2B18005551212" +
      "&Empty=&Tag=b&Tag=a&Body=caf%C3%A9+%26+co",
    sign: async ({ body, secret, url }) => ({
      headers: [["X-Twilio-Signature", twilio().getExpectedTwilioSignature(secret, url, formOf(body))]],
    }),
    verify: async (request, { keys, settings }) =>
      twilio().validateRequest(
        keys.secret,
        header(request, "x-twilio-signature"),
        settings.publicUrl ?? "",
        formOf(text(request)),
      ),
  },
  {
    name: "twilio (JSON)",
    provider: "twilio",
    scheme: "json",
    secret: "12345",
    body: '{"MessageSid":"SM1","Body":"hi"}',
    sign: async ({ body, secret, url }) => {
      const signedUrl = `${url}?bodySHA256=${createHash("sha256").update(body).digest("hex")}`;
      return {
        url: signedUrl,
        headers: [["X-Twilio-Signature", twilio().getExpectedTwilioSignature(secret, signedUrl, {})]],
      };
    },
    verify: async (request, { keys }) =>
      twilio().validateRequestWithBody(keys.secret, header(request, "x-twilio-signature"), request.url, text(request)),
  },
  ...(["v1", "v2", "v3"] as const).map(
    (version): ProviderPackage => ({
      name: `@hubspot/api-client (${version})`,
      provider: "hubspot",
      scheme: version,
      secret: "hs-client-secret-uuid",
      sign: async ({ body, secret, url, at }) => {
        const { Signature } = oracle<{
          Signature: { getSignature(method: string, version: string, options: object): string };
        }>("@hubspot/api-client");
        const signature = Signature.getSignature("POST", version, {
          clientSecret: secret,
          requestBody: body,
          url,
          timestamp: at.getTime(),
        });
        return {
          headers:
            version === "v3"
              ? [
                  ["X-HubSpot-Signature-v3", signature],
                  ["X-HubSpot-Request-Timestamp", String(at.getTime())],
                ]
              : [
                  ["X-HubSpot-Signature", signature],
                  ["X-HubSpot-Signature-Version", version],
                ],
        };
      },
    }),
  ),
  {
    name: "@adyen/api-library (platform)",
    provider: "adyen",
    scheme: "platform",
    secret: "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
    body: '{"data":{"id":"AH1"},"type":"balancePlatform.accountHolder.created"}',
    sign: async ({ body, secret }) => ({
      headers: [
        ["HmacSignature", adyen().calculateHmac(body, secret)],
        ["Protocol", "HmacSHA256"],
      ],
    }),
    verify: async (request, { keys }) =>
      adyen().validateHMACSignature(keys.secret, header(request, "hmacsignature"), text(request)),
  },
  {
    name: "@adyen/api-library (payment)",
    provider: "adyen",
    scheme: "payment",
    secret: "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
    sign: async ({ body, secret }) => {
      const message = JSON.parse(body) as AdyenMessage;
      for (const { NotificationRequestItem: item } of message.notificationItems)
        item.additionalData = { hmacSignature: adyen().calculateHmac(item, secret) };
      return { headers: [], body: JSON.stringify(message) };
    },
    verify: async (request, { keys }) =>
      (JSON.parse(text(request)) as AdyenMessage).notificationItems.every(({ NotificationRequestItem: item }) =>
        adyen().validateHMAC(item, keys.secret),
      ),
  },
  {
    name: "@sanity/webhook",
    provider: "sanity",
    secret: "sanity-secret",
    sign: async ({ body, secret, at }) => ({
      headers: [["sanity-webhook-signature", await sanity().encodeSignatureHeader(body, at.getTime(), secret)]],
    }),
    verify: (request, { keys }) =>
      sanity().isValidSignature(text(request), header(request, "sanity-webhook-signature"), keys.secret),
  },
  {
    name: "@contentful/node-apps-toolkit",
    provider: "contentful",
    secret: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    sign: async ({ body, secret, url, at }) => ({
      url: `${url}?a=b&c=d%20e`,
      headers: Object.entries({
        "x-contentful-topic": "t",
        ...contentful().signRequest(
          secret,
          {
            method: "POST",
            path: `${new URL(url).pathname}?a=b&c=d%20e`,
            headers: { "X-Contentful-Topic": "t" },
            body,
          },
          at.getTime(),
        ),
      }),
    }),
    verify: (request, { keys }) =>
      quietly(() =>
        contentful().verifyRequest(keys.secret, {
          method: "POST",
          path: new URL(request.url).pathname,
          headers: record(request.headers),
          body: text(request),
        }),
      ),
    realClock: true,
  },
  {
    name: "coinbase-commerce-node",
    provider: "coinbase-commerce",
    secret: "cc-shared-secret",
    sign: async ({ body, secret }) => ({
      headers: [["X-CC-Webhook-Signature", coinbase().computeSignature(body, secret)]],
    }),
    verify: (request, { keys }) =>
      quietly(() => coinbase().verifySigHeader(text(request), header(request, "x-cc-webhook-signature"), keys.secret)),
  },
  {
    name: "@workos-inc/node",
    provider: "workos",
    secret: "workos-secret",
    body: '{"id":"event_01","event":"dsync.user.updated","data":{"id":"directory_user_01"}}',
    sign: async ({ body, secret, at }) => ({
      headers: [
        [
          "WorkOS-Signature",
          `t=${at.getTime()}, v1=${await workos().computeSignature(at.getTime(), JSON.parse(body), secret)}`,
        ],
      ],
    }),
    verify: (request, { keys }) =>
      quietly(() =>
        workos().verifyHeader({
          payload: JSON.parse(text(request)) as object,
          sigHeader: header(request, "workos-signature"),
          secret: keys.secret,
          tolerance: 180_000,
        }),
      ),
    realClock: true,
  },
];
