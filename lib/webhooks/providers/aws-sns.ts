import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Amazon SNS: RSA signature over canonical fields, with a certificate of SNS in the topic's region. */
export const provider = defineProvider({
  id: "aws-sns",
  name: "Amazon SNS",
  category: "cloud",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "custom",
      id: "aws-sns",
      label: "SNS message signature",
      verifier: "aws-sns",
    },
  ],
  optionFields: [
    {
      id: "topicArn",
      label: "Topic ARN",
      help: "The topic this endpoint is subscribed to; messages of other topics are refused.",
      kind: "text",
      required: true,
    },
  ],
  eventType: [{ from: "body", path: "Type" }],
  dedupe: { sources: [{ from: "body", path: "MessageId" }], fallback: null },
  handshakes: [
    {
      id: "subscription-confirmation",
      when: { methods: ["POST"], bodyEquals: ["Type", "SubscriptionConfirmation"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "confirm-subscription", urlPath: "SubscribeURL", topicPath: "TopicArn" },
      help:
        "SNS asks for the subscription to be confirmed; Hookline calls " +
        "the SubscribeURL after verifying the message.",
    },
    {
      id: "unsubscribe-confirmation",
      when: { methods: ["POST"], bodyEquals: ["Type", "UnsubscribeConfirmation"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "SNS tells that the subscription ended.",
    },
  ],
  recognition: [
    { header: "x-amz-sns-message-type", weight: 6 },
    { header: "x-amz-sns-topic-arn", weight: 4 },
    { header: "user-agent", value: /^Amazon Simple Notification Service/, weight: 3 },
    { body: "TopicArn", value: /^arn:aws[a-z-]*:sns:/, weight: 3 },
    { body: "SigningCertURL", value: /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com/, weight: 3 },
  ],
  help: {
    pasteUrl:
      "SNS → Topics → your topic → Create subscription → Protocol HTTPS → Endpoint. Leave raw message delivery off.",
    secretWhere: "There is no secret: enter the ARN of the topic.",
    secretLooksLike: "arn:aws:sns:us-east-1:123456789012:MyTopic",
    pitfalls: [
      "The content type is text/plain although the body is JSON.",
      "Raw message delivery carries no signature.",
      "The text in Message is often JSON itself.",
    ],
    docsUrl: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 15,
    answer: "Any 2xx within 15 seconds.",
    retries: "By default 50 tries over about an hour; 4xx are final.",
    rotation: "The sender changes its certificate automatically; nothing to do here.",
  },
  addresses: {
    ranges: [],
    url: "https://ip-ranges.amazonaws.com/ip-ranges.json",
    note: "Amazon publishes its ranges; SNS is not listed apart.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "text/plain; charset=UTF-8"],
      ["x-amz-sns-message-type", "Notification"],
      ["x-amz-sns-message-id", "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"],
      ["x-amz-sns-topic-arn", "arn:aws:sns:us-east-1:123456789012:MyTopic"],
      ["User-Agent", "Amazon Simple Notification Service Agent"],
    ],
    body:
      '{"Type":"Notification","MessageId":"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",' +
      '"TopicArn":"arn:aws:sns:us-east-1:123456789012:MyTopic","Subject":"My First Message",' +
      '"Message":"Hello world!","Timestamp":"2026-01-01T00:00:00.000Z",' +
      '"UnsubscribeURL":"https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&' +
      'SubscriptionArn=arn:aws:sns:us-east-1:123456789012:MyTopic:c9135db0"}',
    eventType: "Notification",
  },
});
