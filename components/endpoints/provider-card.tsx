import type { ReactNode } from "react";
import { ExternalLink } from "#components/icons.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { WithCode } from "#components/ui/with-code.tsx";
import type { EndpointGuide, SeenEventType, SenderHelp } from "#lib/views/guide-views.ts";

/**
 * What the sender says about itself: where the URL goes, which events to tick, the secret, its addresses and its
 * patience.
 */
export function ProviderCard({ guide }: { guide: EndpointGuide }) {
  const { sender } = guide;
  return (
    <Card
      title={sender.id === "none" ? "Set up the sender" : `Set up ${sender.name}`}
      description="Help text: what the sender says about itself, not measured here."
      actions={
        sender.docsUrl === null ? null : <OutsideLink href={sender.docsUrl}>{sender.name} documentation</OutsideLink>
      }
    >
      <div className="flex flex-col gap-5">
        <DescriptionList
          items={[
            ["Paste the address", <WithCode key="paste" text={sender.pasteUrl} />],
            ...(sender.secretWhere === null
              ? []
              : [["Where the secret is", <WithCode key="where" text={sender.secretWhere} />] as const]),
            ...(sender.secretLooksLike === null
              ? []
              : [["It looks like", <WithCode key="looks" text={sender.secretLooksLike} />] as const]),
          ]}
        />
        <EventTypes guide={guide} />
        {sender.pitfalls.length === 0 ? null : (
          <section aria-label="Pitfalls">
            <h3 className="mb-1 text-13 font-semibold">Pitfalls</h3>
            <ul className="flex max-w-prose list-disc flex-col gap-1 pl-5 text-13 text-ink-2">
              {sender.pitfalls.map((pitfall) => (
                <li key={pitfall}>
                  <WithCode text={pitfall} />
                </li>
              ))}
            </ul>
          </section>
        )}
        <Patience sender={sender} />
        <Addresses sender={sender} />
      </div>
    </Card>
  );
}

function EventTypes({ guide }: { guide: EndpointGuide }) {
  const { worthTicking, otherTypes, counted, countedMax, sender } = guide;
  if (worthTicking.length === 0 && otherTypes.length === 0) return null;
  return (
    <section aria-label="Event types">
      <h3 className="text-13 font-semibold">
        {worthTicking.length === 0 ? "Event types seen" : "Events worth ticking"}
      </h3>
      <p className="mb-2 text-12 text-ink-3">
        {counted === 0
          ? "None has arrived yet."
          : `Seen among the ${counted >= countedMax ? "newest " : ""}${counted.toLocaleString("en")} events of ` +
            "this endpoint."}
      </p>
      {worthTicking.length === 0 ? null : (
        <TypeList label={`Events worth ticking at ${sender.name}`} types={worthTicking} />
      )}
      {otherTypes.length === 0 ? null : (
        <>
          {worthTicking.length === 0 ? null : (
            <h4 className="mt-3 mb-1 text-12 font-medium text-ink-2">Other types seen</h4>
          )}
          <TypeList label="Other types seen" types={otherTypes} />
        </>
      )}
    </section>
  );
}

function TypeList({ label, types }: { label: string; types: readonly SeenEventType[] }) {
  return (
    <ul aria-label={label} className="flex flex-col">
      {types.map(({ eventType, count, lastAt }) => (
        <li
          key={eventType}
          className="flex flex-wrap items-baseline gap-x-3 border-b border-line py-1 text-13 last:border-b-0"
        >
          <code className="min-w-0 flex-1 font-mono text-12 text-ink [overflow-wrap:anywhere]">{eventType}</code>
          <span className={count === 0 ? "text-ink-3" : "tabular text-ink-2"}>
            {count === 0 ? "not seen yet" : `seen ${count.toLocaleString("en")} ${count === 1 ? "time" : "times"}`}
          </span>
          {lastAt === null ? null : (
            <RelativeTime at={lastAt} ago className="tabular w-20 text-right text-12 text-ink-3" />
          )}
        </li>
      ))}
    </ul>
  );
}

function Patience({ sender }: { sender: SenderHelp }) {
  return (
    <section aria-label="Patience">
      <h3 className="mb-1 flex flex-wrap items-center gap-2 text-13 font-semibold">
        How it delivers
        {sender.confidence === "likely" || sender.confidence === "unsure" ? <Badge>{sender.confidence}</Badge> : null}
      </h3>
      <DescriptionList
        items={[
          ["Waits", sender.ackDeadlineSeconds === null ? "not known" : `${sender.ackDeadlineSeconds} s for an answer`],
          ["Wants", <WithCode key="answer" text={sender.answer} />],
          ["Sends again", <WithCode key="retries" text={sender.retries} />],
          ["Changing the secret", <WithCode key="rotation" text={sender.rotation} />],
        ]}
      />
    </section>
  );
}

function Addresses({ sender }: { sender: SenderHelp }) {
  const { addresses } = sender;
  return (
    <section aria-label="Sender addresses">
      <h3 className="mb-1 text-13 font-semibold">Where it sends from</h3>
      {addresses === null ? (
        <p className="text-13 text-ink-2">No published addresses are known.</p>
      ) : (
        <div className="flex flex-col gap-2">
          <p className="max-w-prose text-13 text-ink-2">
            <WithCode text={addresses.note} /> As of {addresses.asOf}: check before you refuse everything else.
          </p>
          {addresses.ranges.length === 0 ? null : (
            <CodeBlock label="published ranges" code={addresses.ranges.join("\n")} />
          )}
          {addresses.url === null ? null : (
            <p className="text-13">
              <OutsideLink href={addresses.url}>The list {sender.name} publishes</OutsideLink>
            </p>
          )}
        </div>
      )}
    </section>
  );
}

function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <TextLink
      href={href}
      target="_blank"
      rel="noreferrer"
      className="inline-flex items-center gap-1 text-13 [&_.lucide]:size-3"
    >
      <span>{children}</span>
      <ExternalLink aria-hidden />
      <span className="sr-only">(opens in a new tab)</span>
    </TextLink>
  );
}
