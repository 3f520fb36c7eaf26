import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** collectd's write_http plug-in: a list of measurements. It logs an error for every answer but 200. Seen with 5.12. */
export const provider = defineProvider({
  id: "collectd",
  name: "collectd",
  category: "monitoring",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    { kind: "token", id: "basic", label: "Basic credentials", place: { header: "authorization" }, prefix: "basic" },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [{ from: "body", path: "0.plugin" }],
  dedupe: {
    sources: [],
    // Every measurement says when it was made, so only a repeat has the same bytes.
    fallback: {
      fields: [{ from: "body", path: "0.time", required: true }],
      wholeBody: true,
      windowSeconds: 604_800,
    },
  },
  batch: {
    itemIs: "measurement",
    path: "",
    eventType: [{ from: "body", path: "plugin" }],
    id: [
      {
        from: "join",
        parts: [
          { from: "body", path: "host" },
          { from: "body", path: "plugin" },
          { from: "body", path: "plugin_instance" },
          { from: "body", path: "type" },
          { from: "body", path: "type_instance" },
          { from: "body", path: "time", required: true },
        ],
        separator: "/",
      },
    ],
  },
  reply: { status: 200, headers: [], body: "", why: "collectd logs an error for every other answer." },
  recognition: [
    { header: "user-agent", value: /^collectd\//, weight: 6 },
    { body: "0.dstypes", weight: 3 },
    { body: "0.plugin_instance", weight: 3 },
  ],
  help: {
    pasteUrl: 'collectd.conf → Plugin write_http → Node → URL, with Format "JSON".',
    secretWhere: "The same node: User and Password; you choose them.",
    secretLooksLike: "user:password.",
    pitfalls: ['Without Format "JSON" it sends lines of text that only collectd\'s own tools read.'],
    docsUrl: "https://www.collectd.org/documentation/manpages/collectd.conf.html",
    eventsWorthTicking: ["cpu", "df"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "A 200, nothing else.",
    retries: "None: what fails is logged and dropped.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["User-Agent", "collectd/5.12.0"],
    ],
    body:
      '[{"values":[197141504],"dstypes":["gauge"],"dsnames":["value"],"time":1767225600.123,"interval":10.000,' +
      '"host":"web-1.example.com","plugin":"memory","plugin_instance":"","type":"memory","type_instance":"used"}]',
    eventType: "memory",
  },
});
