import { readFileSync } from "node:fs";
import { header, oracle, type ProviderPackage, quietly, record, text } from "#tests/support/provider-package.ts";

const WHSEC = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

/** Packages that only verify: we sign for them. */
export const VERIFYING_PACKAGES: readonly ProviderPackage[] = [
  {
    name: "resend",
    provider: "resend",
    secret: WHSEC,
    verify: (request, { keys }) =>
      quietly(() => {
        const { Resend } = oracle<{ Resend: new (key: string) => { webhooks: { verify(what: object): unknown } } }>(
          "resend",
        );
        return (
          new Resend("re_test").webhooks.verify({
            payload: text(request),
            headers: {
              id: header(request, "svix-id"),
              timestamp: header(request, "svix-timestamp"),
              signature: header(request, "svix-signature"),
            },
            webhookSecret: keys.secret,
          }) !== undefined
        );
      }),
    realClock: true,
  },
  {
    name: "openai",
    provider: "openai",
    secret: WHSEC,
    verify: (request, { keys }) =>
      quietly(async () => {
        const { default: OpenAI } = oracle<{
          default: new (
            options: object,
          ) => { webhooks: { verifySignature(body: string, headers: Headers, secret: string): Promise<void> } };
        }>("openai");
        await new OpenAI({ apiKey: "sk-test" }).webhooks.verifySignature(
          text(request),
          new Headers(record(request.headers)),
          keys.secret,
        );
        return true;
      }),
    realClock: true,
  },
  {
    name: "@slack/bolt",
    provider: "slack",
    secret: "8f742231b10e8888abcd99yyyzzz85a5",
    verify: (request, { keys }) =>
      quietly(() => {
        const { verifySlackRequest } = oracle<{ verifySlackRequest(options: object): void }>("@slack/bolt");
        verifySlackRequest({
          signingSecret: keys.secret,
          body: text(request),
          headers: {
            "x-slack-signature": header(request, "x-slack-signature"),
            "x-slack-request-timestamp": Number(header(request, "x-slack-request-timestamp")),
          },
        });
        return true;
      }),
    realClock: true,
  },
  {
    name: "@sendgrid/eventwebhook",
    provider: "sendgrid",
    secret: "",
    verify: (request, { settings }) =>
      quietly(() => {
        const { EventWebhook } = oracle<{
          EventWebhook: new () => {
            convertPublicKeyToECDSA(key: string): object;
            verifySignature(key: object, body: string, signature: string, timestamp: string): boolean;
          };
        }>("@sendgrid/eventwebhook");
        const webhook = new EventWebhook();
        return webhook.verifySignature(
          webhook.convertPublicKeyToECDSA(settings.secrets[0] ?? ""),
          text(request),
          header(request, "x-twilio-email-event-webhook-signature"),
          header(request, "x-twilio-email-event-webhook-timestamp"),
        );
      }),
  },
  {
    name: "discord-interactions",
    provider: "discord",
    secret: "",
    verify: (request, { settings }) =>
      oracle<{ verifyKey(body: string, signature: string, timestamp: string, key: string): Promise<boolean> }>(
        "discord-interactions",
      ).verifyKey(
        text(request),
        header(request, "x-signature-ed25519"),
        header(request, "x-signature-timestamp"),
        settings.secrets[0] ?? "",
      ),
  },
  {
    name: "@linear/sdk",
    provider: "linear",
    secret: "lin_wh_x9y8z7",
    verify: (request, { keys }) =>
      quietly(async () => {
        const { LinearWebhookClient } = (await import("@linear/sdk/webhooks")) as unknown as {
          LinearWebhookClient: new (
            secret: string,
          ) => { verify(body: Buffer, signature: string, timestamp: number): boolean };
        };
        return new LinearWebhookClient(keys.secret).verify(
          Buffer.from(request.body),
          header(request, "linear-signature"),
          (JSON.parse(text(request)) as { webhookTimestamp: number }).webhookTimestamp,
        );
      }),
    realClock: true,
  },
  {
    name: "razorpay",
    provider: "razorpay",
    secret: "razorpay-secret",
    verify: async (request, { keys }) =>
      oracle<{ validateWebhookSignature(body: string, signature: string, secret: string): boolean }>(
        "razorpay",
      ).validateWebhookSignature(text(request), header(request, "x-razorpay-signature"), keys.secret),
  },
  {
    name: "@paddle/paddle-node-sdk",
    provider: "paddle",
    secret: "pdl_ntfset_01gkdq_secret",
    verify: (request, { keys }) =>
      quietly(() => {
        const { Paddle } = oracle<{
          Paddle: new (
            key: string,
          ) => { webhooks: { isSignatureValid(body: string, secret: string, signature: string): Promise<boolean> } };
        }>("@paddle/paddle-node-sdk");
        return new Paddle("key").webhooks.isSignatureValid(
          text(request),
          keys.secret,
          header(request, "paddle-signature"),
        );
      }),
    realClock: true,
  },
  {
    name: "@line/bot-sdk",
    provider: "line",
    secret: "8c570fa6dd201bb328f1c1eac23a96d8",
    verify: async (request, { keys }) =>
      oracle<{ validateSignature(body: string, secret: string, signature: string): boolean }>(
        "@line/bot-sdk",
      ).validateSignature(text(request), keys.secret, header(request, "x-line-signature")),
  },
  {
    name: "google-auth-library",
    provider: "google-pubsub",
    secret: "",
    verify: (request, { settings }) =>
      quietly(async () => {
        const { OAuth2Client } = oracle<{
          OAuth2Client: new () => {
            verifySignedJwtWithCertsAsync(
              token: string,
              keys: object,
              audience: string,
              issuers: string[],
            ): Promise<object>;
          };
        }>("google-auth-library");
        const token = header(request, "authorization").replace(/^Bearer /, "");
        const certificates = { k1: readFileSync("tests/fixtures/sender/rsa.cert.pem", "utf8") };
        await new OAuth2Client().verifySignedJwtWithCertsAsync(token, certificates, settings.publicUrl ?? "", [
          "https://accounts.google.com",
        ]);
        return true;
      }),
    realClock: true,
    bodyNotCovered: true,
  },
  {
    name: "@shopify/shopify-api",
    provider: "shopify",
    secret: "hush",
    verify: async (request, { keys }) => {
      await import("@shopify/shopify-api/adapters/node");
      const { shopifyApi } = await import("@shopify/shopify-api");
      const api = (
        shopifyApi as unknown as (config: object) => {
          webhooks: { validate(options: object): Promise<{ valid: boolean }> };
        }
      )({
        apiKey: "key",
        apiSecretKey: keys.secret,
        hostName: "localhost",
        isEmbeddedApp: false,
        apiVersion: "2025-10",
        scopes: [],
        logger: { log: () => undefined },
      });
      const headers = { ...record(request.headers), "x-shopify-api-version": "2026-01" };
      return (
        await api.webhooks.validate({
          rawBody: text(request),
          rawRequest: { method: "POST", url: "/in/abc", headers },
          rawResponse: {},
        })
      ).valid;
    },
  },
];
