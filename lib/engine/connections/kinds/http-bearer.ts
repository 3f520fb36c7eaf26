import { z } from "zod";
import { allowedHosts, hostsText } from "../allowed-hosts.ts";
import { secretText } from "../connection-fields.ts";
import { defineConnectionKind } from "../connection-kind.ts";

/** A token in an Authorization header (RFC 6750). */
export const kind = defineConnectionKind({
  id: "http.bearer",
  title: "Bearer token",
  description: "A token, sent as Authorization: Bearer.",
  icon: "key-round",
  config: z.strictObject({ hosts: allowedHosts }),
  secrets: z.strictObject({ token: secretText({ label: "Token", help: "Without the word Bearer." }) }),
  rank: 2,
  carries: () => ({ header: "Authorization", before: "Bearer ", slot: "token" }),
  trial: { kind: "call" },
  frozenFields: [],
  boundFields: ["hosts"],
  fillSlots: (_config, secrets) => ({ token: secrets.token ?? "" }),
  summarize: (config) => hostsText(config.hosts),
});
