import { randomBytes } from "node:crypto";
import { singleton } from "#lib/platform/singleton.ts";

/** A random value of this process: headers that come with it were written by our own server, not by a sender. */
export function doorKey(): string {
  return singleton("door-key", () => randomBytes(18).toString("base64url"));
}
