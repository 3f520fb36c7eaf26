import { z } from "zod";
import { defineConnectionKind } from "./connection-kind.ts";

/**
 * The built-in connection: mail is composed and kept in Hookline, not sent. It has no row and cannot be edited or
 * deleted.
 */
export const outbox = defineConnectionKind({
  id: "outbox",
  title: "Outbox",
  description: "Mail is composed exactly as for SMTP and kept here, not sent.",
  icon: "inbox",
  config: z.strictObject({}),
  secrets: z.strictObject({}),
  frozenFields: [],
  boundFields: [],
  fillSlots: () => ({}),
  summarize: () => "kept here, not sent",
});
