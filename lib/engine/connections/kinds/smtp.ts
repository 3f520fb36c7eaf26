import { z } from "zod";
import { defineConnectionKind } from "../connection-kind.ts";

/** A mail server of one's own. */
export const kind = defineConnectionKind({
  id: "smtp",
  title: "SMTP mail server",
  description: "Sends mail through your mail server or provider.",
  icon: "mail",
  config: z.strictObject({
    from: z
      .email("Write an address such as hooks@acme.dev.")
      .max(254)
      .meta({
        hookline: {
          place: "plain",
          label: "Sender address",
          help: "Used where a step names no sender.",
          placeholder: "hooks@acme.dev",
        },
      }),
    fromName: z
      .string()
      .max(200)
      .regex(/^[^\r\n\0]*$/, "A name cannot hold a line break.")
      .default("")
      .meta({ hookline: { place: "plain", label: "Sender name" } }),
    host: z
      .string()
      .trim()
      .toLowerCase()
      .min(1, "The server's name is needed.")
      .max(255)
      .regex(
        /^([a-z0-9_]([a-z0-9._-]*[a-z0-9])?\.?|[0-9a-f:.]+)$/,
        "Write the server's name alone, such as smtp.acme.dev.",
      )
      .meta({ hookline: { place: "plain", label: "Server", placeholder: "smtp.acme.dev" } }),
    port: z
      .int("A port is a whole number.")
      .min(1)
      .max(65_535)
      .default(587)
      .meta({ hookline: { place: "plain", label: "Port", help: "587 with STARTTLS, 465 with TLS from the start." } }),
    security: z
      .enum(["starttls", "tls", "none"])
      .default("starttls")
      .meta({
        hookline: {
          place: "plain",
          label: "Encryption",
          options: {
            starttls: "STARTTLS (usual on 587)",
            tls: "TLS from the start (usual on 465)",
            none: "None: password and mail travel unencrypted",
          },
        },
      }),
    user: z
      .string()
      .max(1_000)
      .regex(/^[^\r\n\0]*$/, "A user name cannot hold a line break.")
      .default("")
      .meta({ hookline: { place: "plain", label: "User name", help: "Empty: no sign-in." } }),
  }),
  secrets: z.strictObject({
    password: z
      .string()
      .max(16_384)
      .regex(/^[^\r\n\0]*$/, "The password holds a line break.")
      .default("")
      .meta({ hookline: { place: "plain", label: "Password", help: "Gmail and Microsoft 365 want an app password." } }),
  }),
  rank: 1,
  trial: { kind: "mail server" },
  frozenFields: [],
  boundFields: ["host"],
  fillSlots: (_config, secrets) => ({ password: secrets.password ?? "" }),
  summarize: (config) => `${config.host}:${config.port}${config.user === "" ? "" : ` as ${config.user}`}`,
});
