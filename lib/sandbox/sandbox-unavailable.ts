import { ExpectedError } from "#lib/core/errors.ts";

/** The sandbox itself is at fault, whatever was asked of it: it is closed, or its processes do not start. */
export class SandboxUnavailable extends ExpectedError {
  override name = "SandboxUnavailable";
  constructor(message: string) {
    super("unavailable", message);
  }
}
