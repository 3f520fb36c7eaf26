import { defineProvider } from "#lib/webhooks/define-provider.ts";

/**
 * Whatever writes measurements as an InfluxDB client does (Icinga's InfluxdbWriter, Telegraf, Proxmox): lines of text,
 * and only a 204 is a success. Seen with Icinga 2.13.
 */
export const provider = defineProvider({
  id: "influxdb-writer",
  name: "InfluxDB writer (Icinga, Telegraf)",
  category: "monitoring",
  confidence: { signing: "likely", delivery: "verified" },
  schemes: [
    { kind: "token", id: "basic", label: "Basic credentials", place: { header: "authorization" }, prefix: "basic" },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [{ from: "text", pattern: /^([A-Za-z_][\w.-]{0,100})[, ]/ }],
  dedupe: {
    sources: [],
    // A line ends with the time of its measurement.
    fallback: {
      fields: [{ from: "text", pattern: /^[^\n]{1,8000} (\d{10,19})\s*(?:\n|$)/, required: true }],
      wholeBody: true,
      windowSeconds: 604_800,
    },
  },
  reply: { status: 204, headers: [], body: "", why: "An InfluxDB client counts only a 204 as written." },
  recognition: [
    { query: "precision", weight: 2 },
    { query: "db", weight: 2 },
    { text: /^[A-Za-z_][\w.-]*(,[^ =,]+=[^ ,]+)* [^ =,]+=[^ \n]+ \d{10,19}\s*(\n|$)/, weight: 5 },
  ],
  help: {
    pasteUrl: "Where the client asks for the write URL of an InfluxDB server.",
    secretWhere: "The same place: user and password; you choose them.",
    secretLooksLike: "user:password.",
    pitfalls: [
      "A client that can only be given host and port writes to /write: put a reverse proxy before this address " +
        "that maps it.",
    ],
    docsUrl: "https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "204, nothing else.",
    retries: "Up to the client.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "text/plain"]],
    body: "hostalive,hostname=web-1,metric=rta value=0.000142,max=0.0002 1767225600\n",
    eventType: "hostalive",
  },
});
