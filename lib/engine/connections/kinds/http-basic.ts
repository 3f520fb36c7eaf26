import { z } from "zod";
import { allowedHosts, hostsText } from "../allowed-hosts.ts";
import { secretText } from "../connection-fields.ts";
import { defineConnectionKind } from "../connection-kind.ts";

/** User name and password in an Authorization header (RFC 7617). */
export const kind = defineConnectionKind({
  id: "http.basic",
  title: "HTTP basic auth",
  description: "A user name and a password, sent as Authorization: Basic.",
  icon: "key-round",
  config: z.strictObject({
    user: z
      .string()
      .max(1_000)
      .regex(/^[^:\r\n\0]*$/, "A user name cannot hold a colon or a line break (RFC 7617).")
      .meta({ hookline: { place: "plain", label: "User name" } }),
    hosts: allowedHosts,
  }),
  secrets: z.strictObject({ password: secretText({ label: "Password" }) }),
  rank: 3,
  carries: () => ({ header: "Authorization", before: "Basic ", slot: "basic" }),
  trial: { kind: "call" },
  frozenFields: [],
  boundFields: ["hosts"],
  fillSlots: (config, secrets) => ({
    password: secrets.password ?? "",
    basic: btoa(
      Array.from(new TextEncoder().encode(`${config.user}:${secrets.password ?? ""}`), (byte) =>
        String.fromCharCode(byte),
      ).join(""),
    ),
  }),
  summarize: (config) => `as ${config.user}, ${hostsText(config.hosts)}`,
});
