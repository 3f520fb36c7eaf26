/** Why the guard did not let a call out. */
export type EgressRefusal = {
  reason:
    | "bad-url"
    | "scheme"
    | "userinfo"
    | "port"
    | "private-address"
    | "metadata-address"
    | "odd-address"
    | "redirect";
  /** The host as written. */
  host: string;
  /** The address it is, or null when the call was refused before looking it up. */
  address: string | null;
  port: number | null;
  /** What happened, why, and what can be done; ends by saying that nothing was sent. */
  message: string;
  /** True when an owner or admin may open `address`:`port` for the workspace. */
  allowable: boolean;
};

/** Thrown by the guard before a connection is made: nothing was sent. */
export class EgressRefused extends Error {
  override readonly name = "EgressRefused";
  readonly refusal: EgressRefusal;
  constructor(refusal: EgressRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}
