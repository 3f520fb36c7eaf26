import { env } from "#lib/platform/env.ts";

/** The public address of an endpoint, as it is given to senders. */
export function endpointUrl(token: string): string {
  return `${env().publicUrl}/in/${token}`;
}
