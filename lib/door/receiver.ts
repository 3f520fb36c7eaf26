import type { AddressRange } from "#lib/core/address-range.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";

/** An endpoint as the fast door needs it: looked up once, parsed once, held for at most two seconds. */
export type Receiver = {
  readonly endpointId: string;
  readonly workspaceId: WorkspaceId;
  readonly name: string;
  readonly provider: Provider;
  readonly settings: EndpointSettings;
  readonly allowedRanges: readonly AddressRange[];
  readonly deleted: boolean;
  readonly paused: boolean;
  /** Newest first; a secret that does not open is kept as "", which never verifies anything. */
  readonly secrets: readonly ReceiverSecret[];
  readonly bodyBytesMax: number;
  readonly ratePerSecond: number;
};

/** One active signing secret. */
export type ReceiverSecret = {
  readonly id: string;
  readonly label: string;
  readonly endsIn: string;
  readonly text: string;
};

/** One check of a request in the order it was made, as the inspector shows it. */
export type RequestCheck = {
  readonly id: string;
  readonly status: "passed" | "failed" | "not-configured";
  readonly message: string;
  /** What of the message code goes by; the message itself is for people alone. */
  readonly data?: CheckData;
};

/** What a check says besides its words. */
export type CheckData =
  /** "secret-used": the id of the secret that verified, and how people are told it from the others. */
  | { readonly secretId: string; readonly secret: string }
  /** "removed": the headers (in lower case) of which something was not kept, and whether anything of the query. */
  | { readonly headers: readonly string[]; readonly query: boolean };
