import { randomBytes } from "node:crypto";
import { singleton } from "#lib/platform/singleton.ts";

/** Whether our own server wrote the x-hookline headers of a request: without it in front, a sender could have. */
export function cameThroughOurDoor(headers: Headers): boolean {
  return headers.get("x-hookline-door") === doorKey();
}

/** A random value of this process: headers that come with it were written by our own server, not by a sender. */
export function doorKey(): string {
  return singleton("door-key", () => randomBytes(18).toString("base64url"));
}
