import { publicUrl } from "#lib/platform/public-url.ts";

/** The public address of an endpoint, as it is given to senders. */
export function endpointUrl(token: string): string {
  return `${publicUrl()}/in/${token}`;
}
