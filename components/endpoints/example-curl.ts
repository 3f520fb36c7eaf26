import { writeCurl } from "#lib/core/curl-command.ts";
import type { EndpointView } from "#lib/views/endpoint-views.ts";

/** A command that sends an endpoint a first request by a method it takes; without a body where that method has none. */
export function exampleCurl({
  url,
  settings,
}: Pick<EndpointView, "url"> & { settings: { methods: readonly string[] } }) {
  const method = settings.methods[0] ?? "POST";
  const hasBody = method !== "GET" && method !== "HEAD";
  return writeCurl({
    method,
    url,
    headers: hasBody ? [["content-type", "application/json"]] : [],
    body: hasBody ? new TextEncoder().encode('{"hello":"world"}') : null,
    redirectsMax: 0,
  });
}
