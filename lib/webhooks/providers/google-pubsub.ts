import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Google Pub/Sub push: an OIDC token of the subscription's service account; the body itself is not signed. */
export const provider = defineProvider({
  id: "google-pubsub",
  name: "Google Cloud Pub/Sub push",
  category: "cloud",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "jwt",
      id: "google-pubsub",
      label: "OIDC token of a service account",
      aliases: ["google-pubsub-push"],
      header: "authorization",
      bearer: "required",
      algorithms: ["RS256"],
      keys: { from: "jwks", url: "https://www.googleapis.com/oauth2/v3/certs" },
      issuers: ["https://accounts.google.com", "accounts.google.com"],
      audience: { option: "audience", publicUrl: true, required: true },
      claims: [
        { claim: "email", option: "serviceAccountEmail", required: true },
        { claim: "email_verified", equals: true },
      ],
      expiryRequired: true,
      clockSkewSeconds: 30,
    },
  ],
  optionFields: [
    {
      id: "serviceAccountEmail",
      label: "Service account",
      help: "The e-mail address in the subscription's authentication settings.",
      kind: "text",
      required: true,
    },
    {
      id: "audience",
      label: "Audience",
      help: "Only when you set one in the subscription; otherwise the endpoint's public URL.",
      kind: "text",
      required: false,
    },
  ],
  eventType: [
    { from: "body", path: "message.attributes.eventType" },
    { from: "body", path: "message.attributes.type" },
    { from: "header", name: "ce-type" },
    { from: "constant", value: "message" },
  ],
  dedupe: {
    sources: [
      { from: "body", path: "message.messageId" },
      { from: "body", path: "message.message_id" },
      { from: "header", name: "x-goog-pubsub-message-id" },
    ],
    fallback: null,
  },
  recognition: [
    { body: "message.messageId", weight: 3 },
    { body: "subscription", value: /^projects\/[^/]+\/subscriptions\//, weight: 4 },
    { header: "user-agent", value: /^APIs-Google|^CloudPubSub-Google/, weight: 3 },
    { header: "x-goog-pubsub-subscription-name", weight: 6 },
    { body: "message.message_id", weight: 2 },
    { body: "message.publish_time", weight: 1 },
  ],
  help: {
    pasteUrl: "Pub/Sub → Subscriptions → Create → Delivery type Push → Endpoint URL, with authentication on.",
    secretWhere: "There is no secret: enter the service account's e-mail address.",
    secretLooksLike: "push@my-project.iam.gserviceaccount.com",
    pitfalls: [
      "data is base64 and may be absent.",
      "The audience is the endpoint's URL unless you chose another.",
      "The token proves who sent it, not the body: the URL must be HTTPS.",
    ],
    docsUrl: "https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer:
      "102, 200, 201, 202 or 204 acknowledges; anything else asks for another try. The deadline is 10 to 600 " +
      "seconds, by subscription.",
    retries:
      "With growing pauses until the message's retention ends (7 days by default); a dead-letter topic is optional.",
    rotation: "The sender publishes new keys automatically; nothing to do here.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"message":{"attributes":{"eventType":"OBJECT_FINALIZE"},"data":"eyJvcmRlcklkIjo0Mn0=",' +
      '"messageId":"2070443601311540","message_id":"2070443601311540","publishTime":"2026-01-01T00:00:00.000Z",' +
      '"publish_time":"2026-01-01T00:00:00.000Z"},"subscription":"projects/myproject/subscriptions/mysubscription"}',
    eventType: "OBJECT_FINALIZE",
  },
});
