import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { EndpointView } from "#lib/views/endpoint-views.ts";

/** How much was verified since signatures are checked; nothing while they are not. */
export function VerifiedCount({ endpoint }: { endpoint: EndpointView }) {
  const since = endpoint.verifiedSince;
  if (since === null) return null;
  return (
    <span className="text-12 text-ink-3">
      {since.verified.toLocaleString("en")} verified since <RelativeTime at={since.since} />
    </span>
  );
}

/**
 * Warns when requests are refused soon after a secret was added: its sender sends them again, or gives the address up.
 */
export function RefusedSinceNotice({ endpoint }: { endpoint: EndpointView }) {
  const refused = endpoint.verifiedSince?.refusedLately ?? null;
  if (refused === null) return null;
  const many = refused.count === 1 ? "1 request was" : `${refused.count.toLocaleString("en")} requests were`;
  return (
    <Notice tone="warn" className="mt-3" title={`${many} refused since the newest secret was added`}>
      They did not verify. {endpoint.provider.name} may send them again, and may turn the webhook off when it keeps
      being refused. {endpoint.provider.retries === "" ? "" : `Its own words on it: ${endpoint.provider.retries} `}
      <TextLink href={`/endpoints/${endpoint.id}?request=${refused.newestId}`}>See the newest</TextLink>
    </Notice>
  );
}
