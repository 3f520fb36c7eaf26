/** The sandbox itself is at fault, whatever was asked of it: it is closed, or its processes do not start. */
export class SandboxUnavailable extends Error {
  override name = "SandboxUnavailable";
}
