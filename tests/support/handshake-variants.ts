import { createHmac } from "node:crypto";
import type { RawRequest } from "#tests/support/send-raw.ts";

/** A documented handshake in a form its sender might also use, or with a mistake; `body` is left out where any text will do. */
export type HandshakeVariant = readonly [
  what: string,
  provider: string,
  setup: { readonly secrets?: string[]; readonly settings?: Readonly<Record<string, unknown>> },
  request: { readonly method: string; readonly query: string; readonly headers?: RawRequest["headers"]; readonly body?: string },
  expected: { readonly status: number; readonly body?: string; readonly header?: readonly [name: string, value: string] },
];

const JSON_TYPE = ["Content-Type", "application/json"] as const;
const VERIFY = { settings: { options: { verifyToken: "a b+c&d" } } };
const REQUIRED = { settings: { verification: "required" } };
const TOKEN = "a%20b%2Bc%26d";

/** Headers of Slack, or of Zoom, for a body signed now. */
const signedNow = (names: readonly [signature: string, time: string], body: string): RawRequest["headers"] => {
  const time = String(Math.floor(Date.now() / 1_000));
  return [JSON_TYPE, [names[1], time], [names[0], `v0=${createHmac("sha256", "s").update(`v0:${time}:${body}`).digest("hex")}`]];
};
const slack = (body: string): HandshakeVariant[3] => ({
  method: "POST",
  query: "",
  headers: signedNow(["X-SLACK-SIGNATURE", "X-SLACK-REQUEST-TIMESTAMP"], body),
  body,
});
const zoom = (body: string): HandshakeVariant[3] => ({
  method: "POST",
  query: "?from=zoom",
  headers: signedNow(["X-Zm-Signature", "X-Zm-Request-Timestamp"], body),
  body,
});
const post = (body: string, headers: RawRequest["headers"] = [JSON_TYPE], query = ""): HandshakeVariant[3] => ({
  method: "POST",
  query,
  headers,
  body,
});
const get = (query: string, headers: RawRequest["headers"] = [], method = "GET"): HandshakeVariant[3] => ({ method, query, headers });
const validation = (data: unknown): string =>
  JSON.stringify([{ id: "1", eventType: "Microsoft.EventGrid.SubscriptionValidationEvent", data, metadataVersion: "1" }]);

/** Requests made while the table is read would be stale later, so the table is a function. */
export function handshakeVariants(): readonly HandshakeVariant[] {
  return [
    [
      "Meta's parameters in another order",
      "meta-whatsapp",
      VERIFY,
      get(`?x=1&hub.verify_token=${TOKEN}&hub.challenge=0012&hub.mode=subscribe`),
      { status: 200, body: "0012" },
    ],
    [
      "Meta's dots as escapes",
      "meta-whatsapp",
      VERIFY,
      get(`?hub%2Emode=subscribe&hub%2Echallenge=a%2Bb+c&hub%2Everify_token=${TOKEN}`),
      { status: 200, body: "a+b c" },
    ],
    ["Meta without its token", "meta-whatsapp", VERIFY, get("?hub.mode=subscribe&hub.challenge=1"), { status: 403 }],
    ["Meta without its mode", "meta-whatsapp", VERIFY, get(`?hub.challenge=1&hub.verify_token=${TOKEN}`), { status: 403 }],
    [
      "Meta's token in other letters",
      "meta-whatsapp",
      VERIFY,
      get("?hub.mode=subscribe&hub.challenge=1&hub.verify_token=A%20B%2BC%26D"),
      { status: 403 },
    ],
    [
      "Meta's token twice",
      "meta-whatsapp",
      VERIFY,
      get(`?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${TOKEN}&hub.verify_token=${TOKEN}`),
      { status: 403 },
    ],
    ["Meta without a challenge", "meta-whatsapp", VERIFY, get(`?hub.mode=subscribe&hub.verify_token=${TOKEN}`), { status: 405 }],
    [
      "Meta's challenge by POST",
      "meta-whatsapp",
      { ...VERIFY, secrets: ["s"] },
      post("", [], `?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${TOKEN}`),
      { status: 401 },
    ],
    [
      "Dropbox with more parameters",
      "dropbox",
      {},
      get("?a=1&challenge=x%26y&b=2"),
      { status: 200, body: "x&y", header: ["x-content-type-options", "nosniff"] },
    ],
    ["Dropbox with an empty challenge", "dropbox", {}, get("?challenge="), { status: 405 }],
    ["Dropbox with two challenges", "dropbox", {}, get("?challenge=a&challenge=b"), { status: 405 }],
    [
      "Graph's token with a body",
      "microsoft-graph",
      { secrets: ["s"] },
      post("{}", [["Content-Type", "text/plain; charset=utf-8"]], "?validationToken=Validation%3a+Testing+client%26x&y=1"),
      { status: 200, body: "Validation: Testing client&x", header: ["content-type", "text/plain"] },
    ],
    ["Graph without a token", "microsoft-graph", { secrets: ["s"] }, post('{"value":[]}'), { status: 401 }],
    [
      "Slack's challenge under headers in capitals",
      "slack",
      { secrets: ["s"] },
      slack('{"type":"url_verification","challenge":"a<b>&\\u00e9","token":"t"}'),
      { status: 200, body: "a<b>&\u00e9", header: ["content-type", "text/plain"] },
    ],
    ["Slack without a challenge", "slack", { secrets: ["s"] }, slack('{"type":"url_verification","token":"t"}'), { status: 400 }],
    ["Slack's challenge as a list", "slack", { secrets: ["s"] }, slack('{"type":"url_verification","challenge":["a"]}'), { status: 400 }],
    ["Slack's challenge unsigned", "slack", { secrets: ["s"] }, post('{"type":"url_verification","challenge":"a"}'), { status: 401 }],
    ["Slack's challenge without a secret here", "slack", REQUIRED, slack('{"type":"url_verification","challenge":"a"}'), { status: 401 }],
    ["Zoom without a token", "zoom", { secrets: ["s"] }, zoom('{"event":"endpoint.url_validation","payload":{}}'), { status: 400 }],
    [
      "Zoom's validation for the older of two secrets",
      "zoom",
      { secrets: ["new", "s"] },
      zoom('{"payload":{"plainToken":"p"},"event":"endpoint.url_validation"}'),
      { status: 200, body: JSON.stringify({ plainToken: "p", encryptedToken: createHmac("sha256", "s").update("p").digest("hex") }) },
    ],
    [
      "X's challenge with other parameters",
      "x-twitter",
      { secrets: ["k"] },
      get("?nonce=1&crc_token=a%2Bb%20c"),
      { status: 200, body: JSON.stringify({ response_token: `sha256=${createHmac("sha256", "k").update("a+b c").digest("base64")}` }) },
    ],
    ["X's challenge without a secret here", "x-twitter", {}, get("?crc_token=a"), { status: 403 }],
    [
      "Event Grid's validation with a secret in the URL",
      "azure-event-grid",
      { secrets: ["s"] },
      post(
        validation({ validationCode: "c", validationUrl: "http://169.254.169.254/" }),
        [JSON_TYPE, ["AEG-EVENT-TYPE", "SubscriptionValidation"]],
        "?code=s",
      ),
      { status: 200, body: '{"validationResponse":"c"}' },
    ],
    ["Event Grid without a code", "azure-event-grid", { secrets: ["s"] }, post(validation({}), [JSON_TYPE], "?code=s"), { status: 400 }],
    [
      "Event Grid's question for CloudEvents",
      "azure-event-grid",
      { secrets: ["s"] },
      get(
        "",
        [
          ["WEBHOOK-REQUEST-ORIGIN", "eventgrid.azure.net"],
          ["webhook-request-callback", "https://rp.example/x"],
        ],
        "OPTIONS",
      ),
      { status: 200, body: "", header: ["webhook-allowed-origin", "eventgrid.azure.net"] },
    ],
    [
      "CloudEvents with a CORS question",
      "cloudevents",
      {},
      get(
        "",
        [
          ["Origin", "https://a.example"],
          ["Access-Control-Request-Method", "POST"],
          ["WebHook-Request-Origin", "a.example"],
          ["WebHook-Request-Rate", "60"],
        ],
        "OPTIONS",
      ),
      { status: 200, body: "", header: ["webhook-allowed-rate", "60"] },
    ],
    [
      "CloudEvents with a rate that is none",
      "cloudevents",
      {},
      get(
        "",
        [
          ["WebHook-Request-Origin", "a.example"],
          ["WebHook-Request-Rate", "fast"],
        ],
        "OPTIONS",
      ),
      { status: 200, body: "", header: ["webhook-allowed-rate", "*"] },
    ],
    [
      "Okta's challenge in capitals",
      "okta",
      { secrets: ["s"] },
      get("?x=1", [["X-OKTA-VERIFICATION-CHALLENGE", 'a"b\\c']]),
      { status: 200, body: '{"verification":"a\\"b\\\\c"}' },
    ],
    ["Okta without a challenge", "okta", { secrets: ["s"] }, get(""), { status: 405 }],
    ["Asana's second secret", "asana", { secrets: ["s"] }, post("", [["X-Hook-Secret", "evil"]]), { status: 401 }],
    ["Asana's empty secret", "asana", REQUIRED, post("", [["X-Hook-Secret", ""]]), { status: 401 }],
    ["Notion's token beside other fields", "notion", REQUIRED, post('{"verification_token":"secret_a","id":"x"}'), { status: 401 }],
    [
      "monday's challenge as text/plain",
      "monday",
      { secrets: ["s"] },
      post('{ "challenge" : "a\\"b" }', [["Content-Type", "text/plain"]]),
      { status: 200, body: '{"challenge":"a\\"b"}' },
    ],
    ["monday's challenge as null", "monday", { secrets: ["s"] }, post('{"challenge":null}'), { status: 400 }],
    [
      "WooCommerce's ping in the query as well",
      "woocommerce",
      { secrets: ["s"] },
      post("webhook_id=12", [["Content-Type", "application/x-www-form-urlencoded"]], "?a=1"),
      { status: 200, body: "" },
    ],
    [
      "WooCommerce's ping with something behind it",
      "woocommerce",
      { secrets: ["s"] },
      post("webhook_id=12&x=1", [["Content-Type", "application/x-www-form-urlencoded"]]),
      { status: 401 },
    ],
    ["Mailchimp's GET with a secret in the URL", "mailchimp", {}, get("?secret=x"), { status: 200, body: "" }],
    ["Mailchimp's HEAD", "mailchimp", {}, get("", [], "HEAD"), { status: 200, body: "" }],
    ["Trello's HEAD with a query", "trello", {}, get("?board=1", [], "HEAD"), { status: 200, body: "" }],
    ["Trello's GET", "trello", { secrets: ["s"] }, get(""), { status: 405 }],
    ["Intercom's HEAD", "intercom", {}, get("", [], "HEAD"), { status: 200, body: "" }],
    ["SurveyMonkey's HEAD", "surveymonkey", {}, get("", [], "HEAD"), { status: 200, body: "" }],
    [
      "Mandrill's empty list",
      "mandrill",
      { secrets: ["s"] },
      post("mandrill_events=%5B%5D", [["Content-Type", "application/x-www-form-urlencoded"]]),
      { status: 200, body: "" },
    ],
    ["GitHub's ping unsigned", "github", { secrets: ["s"] }, post('{"zen":"x"}', [JSON_TYPE, ["X-GitHub-Event", "ping"]]), { status: 401 }],
    [
      "Twitch's challenge unsigned",
      "twitch",
      { secrets: ["s"] },
      post('{"challenge":"a"}', [JSON_TYPE, ["Twitch-Eventsub-Message-Type", "webhook_callback_verification"]]),
      { status: 401 },
    ],
  ];
}
