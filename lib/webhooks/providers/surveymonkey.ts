import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** SurveyMonkey: base64 HMAC-SHA1 with client id and secret joined by &. */
export const provider = defineProvider({
  id: "surveymonkey",
  name: "SurveyMonkey",
  category: "forms",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "surveymonkey",
      label: "Sm-Signature",
      algorithm: "sha1",
      encoding: "base64",
      signature: { header: "sm-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "event_type" }],
  dedupe: { sources: [{ from: "body", path: "event_id" }], fallback: null },
  handshakes: [
    {
      id: "head-probe",
      when: { methods: ["HEAD"] },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "SurveyMonkey asks with a HEAD when the webhook is created.",
    },
  ],
  recognition: [
    { header: "sm-signature", weight: 6 },
    { body: "filter_type", weight: 3 },
    { body: "resources.survey_id", weight: 3 },
  ],
  help: {
    pasteUrl: "POST /v3/webhooks with subscription_url.",
    secretWhere:
      "developer.surveymonkey.com → My apps → Settings: paste client id and secret as clientId&clientSecret.",
    secretLooksLike: "clientId&clientSecret",
    pitfalls: [
      "The key is “client id & client secret”, joined by &.",
      "The content type is application/vnd.surveymonkey.response.v1+json.",
    ],
    docsUrl: "https://developer.surveymonkey.com/api/v3/#webhooks",
    eventsWorthTicking: ["response_completed", "response_updated", "collector_created"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/vnd.surveymonkey.response.v1+json"]],
    body:
      '{"name":"My webhook","filter_type":"survey","filter_id":"84679923","event_type":"response_completed",' +
      '"event_id":"10027615532","object_type":"response","object_id":"5007154325",' +
      '"event_datetime":"2026-01-01T00:00:00.000000+00:00","resources":{"respondent_id":"5007154325",' +
      '"survey_id":"84679923","user_id":"1111"}}',
    eventType: "response_completed",
  },
});
