import { CircleCheck, CircleMinus, OctagonX } from "#components/icons.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import type { CheckView, RequestDetail } from "#lib/views/endpoint-views.ts";

const LOOKS = {
  passed: { Icon: CircleCheck, className: "text-ok-text", word: "Passed" },
  failed: { Icon: OctagonX, className: "text-bad-text", word: "Failed" },
  "not-configured": { Icon: CircleMinus, className: "text-ink-3", word: "Not configured" },
} as const;

const NAMES: Record<string, string> = {
  endpoint: "Endpoint",
  method: "Method",
  https: "HTTPS",
  address: "Sender's address",
  rate: "Rate",
  size: "Size",
  coding: "Content coding",
  secret: "Signature",
  "secret-used": "Secret",
  "signature-present": "Signature sent",
  "timestamp-present": "Time sent",
  "timestamp-fresh": "Time is fresh",
  "signature-matches": "Signature matches",
  "credential-present": "Credential sent",
  "credential-matches": "Credential matches",
  "token-valid": "Token",
  "body-hash": "Hash of the body",
  certificate: "Certificate",
  fields: "Fields",
  schema: "Schema",
  origin: "Origin",
  "asked-first": "Asked first",
  form: "Form",
  honeypot: "Hidden field",
  "open-time": "Time to fill in",
  delivery: "Delivery",
  split: "Batch",
  handshake: "Handshake",
  "accepted-by-hand": "Accepted by hand",
};

/**
 * The checks of a request in the order they ran, each with its reason; later checks below, the first verdict untouched.
 */
export function RequestChecks({ checks, rechecks }: Pick<RequestDetail, "checks" | "rechecks">) {
  return (
    <section aria-label="Checks">
      <h3 className="mb-1 text-13 font-semibold">Checks</h3>
      <CheckList checks={checks} />
      {rechecks.map((recheck) => (
        <div key={recheck.at} className="mt-2 rounded-control border border-line bg-sunken p-2">
          <p className="flex flex-wrap items-center gap-2 text-13">
            <StateBadge of="verification" state={recheck.verification} />
            <span className="min-w-0 [overflow-wrap:anywhere]">{recheck.message}</span>
            <RelativeTime at={recheck.at} className="text-12 text-ink-3" />
          </p>
        </div>
      ))}
    </section>
  );
}

function CheckList({ checks }: { checks: readonly CheckView[] }) {
  if (checks.length === 0) return <p className="text-13 text-ink-3">No check was needed.</p>;
  return (
    <ol className="flex flex-col">
      {checks.map((check, place) => {
        const { Icon, className, word } = LOOKS[check.status];
        return (
          <li key={place} className="grid grid-cols-[16px_132px_minmax(0,1fr)] items-start gap-2 py-1 text-13">
            <Icon aria-hidden className={`mt-0.5 ${className}`} />
            <span className="text-ink-2">
              {NAMES[check.id] ?? check.id}
              <span className="sr-only">: {word}</span>
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">{check.message}</span>
          </li>
        );
      })}
    </ol>
  );
}
