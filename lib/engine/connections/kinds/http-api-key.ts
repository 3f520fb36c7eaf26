import { z } from "zod";
import { allowedHosts, hostsText } from "../allowed-hosts.ts";
import { secretText } from "../connection-fields.ts";
import { defineConnectionKind } from "../connection-kind.ts";

const taken = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "content-type",
  "idempotency-key",
]);

/** A key in a header of its own, such as X-Api-Key. */
export const kind = defineConnectionKind({
  id: "http.apiKey",
  title: "API key header",
  description: "A key in a header you name, such as X-Api-Key.",
  icon: "key-round",
  config: z.strictObject({
    header: z
      .string()
      .max(100)
      .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, "This is not a header name.")
      .refine(
        (name) => !taken.has(name.toLowerCase()) && !name.toLowerCase().startsWith("proxy-"),
        "This header is set by Hookline itself.",
      )
      .meta({ hookline: { place: "plain", label: "Header", placeholder: "X-Api-Key" } }),
    hosts: allowedHosts,
  }),
  secrets: z.strictObject({ key: secretText({ label: "Key" }) }),
  rank: 4,
  carries: (config) => ({
    header: typeof config["header"] === "string" ? config["header"] : "X-Api-Key",
    before: "",
    slot: "key",
  }),
  trial: { kind: "call" },
  frozenFields: ["header"],
  boundFields: ["hosts"],
  fillSlots: (_config, secrets) => ({ key: secrets.key ?? "" }),
  summarize: (config) => `${config.header}, ${hostsText(config.hosts)}`,
});
