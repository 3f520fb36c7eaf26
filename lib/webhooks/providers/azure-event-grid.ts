import { CLOUD_EVENT_IDS, cloudEventsPermission } from "#lib/webhooks/cloud-events-parts.ts";
import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Event Grid: proved by a validation code; deliveries carry a secret in the URL, a header or an Entra ID token. */
export const provider = defineProvider({
  id: "azure-event-grid",
  name: "Azure Event Grid",
  category: "cloud",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "token",
      id: "query",
      label: "Secret in the URL (?code=…)",
      place: { query: "code" },
    },
    {
      kind: "token",
      id: "header",
      label: "Static delivery header",
      place: { header: "x-webhook-key", headerOption: "headerName" },
    },
    {
      kind: "jwt",
      id: "entra-id",
      label: "Microsoft Entra ID token",
      header: "authorization",
      bearer: "required",
      algorithms: ["RS256"],
      keys: { from: "jwks", url: "https://login.microsoftonline.com/{tenantId}/discovery/v2.0/keys" },
      issuers: ["https://login.microsoftonline.com/{tenantId}/v2.0", "https://sts.windows.net/{tenantId}/"],
      audience: { option: "audience", required: true },
      claims: [{ claim: "tid", option: "tenantId", required: true }],
      expiryRequired: true,
      clockSkewSeconds: 60,
    },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  optionFields: [
    {
      id: "headerName",
      label: "Header name",
      help: "The secret delivery property, when you use one.",
      kind: "text",
      defaultValue: "x-webhook-key",
      required: false,
    },
    { id: "tenantId", label: "Tenant id", help: "Your Entra ID tenant, for tokens.", kind: "text", required: false },
    {
      id: "audience",
      label: "Audience",
      help: "The application id URI the token is made for.",
      kind: "text",
      required: false,
    },
  ],
  eventType: [
    { from: "header", name: "ce-type" },
    { from: "body", path: "0.eventType" },
    { from: "body", path: "0.type" },
    { from: "body", path: "type" },
  ],
  dedupe: {
    sources: [
      ...CLOUD_EVENT_IDS,
      { from: "each", list: "", parts: [{ from: "body", path: "id", required: true }], separator: ":" },
    ],
    fallback: null,
  },
  handshakes: [
    {
      id: "subscription-validation",
      when: {
        methods: ["POST"],
        bodyEquals: ["0.eventType", "Microsoft.EventGrid.SubscriptionValidationEvent"],
      },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "echo-body-json", path: "0.data.validationCode", key: "validationResponse" },
      help: "Event Grid sends a validation code when the subscription is created.",
    },
    cloudEventsPermission("cloudevents-options", "Event Grid asks for permission when it uses the CloudEvents schema."),
  ],
  batch: {
    itemIs: "event",
    path: "",
    eventType: [
      { from: "body", path: "eventType" },
      { from: "body", path: "type" },
    ],
    id: [{ from: "body", path: "id" }],
  },
  recognition: [
    { header: "aeg-event-type", weight: 6 },
    { header: "aeg-subscription-name", weight: 4 },
    { body: "0.metadataVersion", weight: 2 },
    { body: "0.eventType", weight: 2 },
    { body: "0.eventType", value: /^Microsoft\./, weight: 2 },
    { header: "content-type", value: /^application\/cloudevents/, weight: 1 },
    { header: "webhook-request-origin", value: /^eventgrid\.azure\.net$/, weight: 6 },
  ],
  help: {
    pasteUrl: "Event Grid → your topic → Event Subscription → Endpoint type Web Hook.",
    secretWhere: "You choose it: append ?code=… to the URL, or set a secret delivery property.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "The validation needs exactly 200, a 202 is not enough.",
      "Bodies are arrays.",
      "400, 401, 403 and 413 dead-letter an event at once.",
    ],
    docsUrl: "https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 30,
    answer: "200 to 204 within 30 seconds; the validation wants exactly 200.",
    retries:
      "After 10 and 30 seconds, 1, 5, 10 and 30 minutes, 1, 3, 6 and 12 hours, for up to 24 hours; 400, 401, " +
      "403 and 413 dead-letter at once.",
    rotation: "Change the subscription at the sender and keep both secrets here meanwhile.",
  },
  addresses: {
    ranges: [],
    url: "https://www.microsoft.com/download/details.aspx?id=56519",
    note: "Service tag AzureEventGrid.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["aeg-event-type", "Notification"],
      ["aeg-subscription-name", "HOOKLINE"],
      ["aeg-delivery-count", "0"],
    ],
    body:
      '[{"id":"831e1650-001e-001b-66ab-eeb76e069631",' +
      '"topic":"/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/z",' +
      '"subject":"/blobServices/default/containers/c/blobs/new.txt","eventType":"Microsoft.Storage.BlobCreated",' +
      '"eventTime":"2026-01-01T00:00:00.0000000Z","data":{"api":"PutBlob",' +
      '"url":"https://z.blob.core.windows.net/c/new.txt"},"dataVersion":"","metadataVersion":"1"}]',
    eventType: "Microsoft.Storage.BlobCreated",
  },
});
