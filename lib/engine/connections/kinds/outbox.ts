import { z } from "zod";
import { defineConnectionKind } from "../connection-kind.ts";

/**
 * The built-in connection: mail is composed and kept in Hookline, not sent. It has no row and cannot be edited or
 * deleted.
 */
export const kind = defineConnectionKind({
  id: "outbox",
  title: "Outbox",
  description: "Mail is composed exactly as for SMTP and kept here, not sent.",
  icon: "inbox",
  config: z.strictObject({}),
  secrets: z.strictObject({}),
  rank: 5,
  builtIn: true,
  trial: { kind: "nothing", message: "Mail is kept here; there is nothing to connect to." },
  frozenFields: [],
  boundFields: [],
  fillSlots: () => ({}),
  summarize: () => "kept here, not sent",
});
