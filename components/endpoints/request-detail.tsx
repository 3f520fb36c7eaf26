"use client";
import { byteCount } from "#components/endpoints/byte-count.ts";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { RefusalRemedy } from "#components/endpoints/refusal-remedy.tsx";
import { RequestActions } from "#components/endpoints/request-actions.tsx";
import { RequestBody } from "#components/endpoints/request-body.tsx";
import { RequestChecks } from "#components/endpoints/request-checks.tsx";
import { RequestItems } from "#components/endpoints/request-items.tsx";
import { ArrowLeft } from "#components/icons.ts";
import { Badge } from "#components/ui/badge.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { HeadersTable } from "#components/ui/headers-table.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import type { RequestDetail as Detail, EndpointView } from "#lib/views/endpoint-views.ts";

type RequestDetailProps = {
  endpoint: EndpointView;
  detail: Detail;
  actions: EndpointActions;
  onClose: () => void;
  onOpen: (id: string) => void;
};

/**
 * One request: first what became of it in one sentence, then the checks, the runs, the answer, and then its content.
 */
export function RequestDetail({ endpoint, detail, actions, onClose, onOpen }: RequestDetailProps) {
  return (
    <article aria-label="Request" className="flex min-w-0 flex-col gap-4 p-4">
      <header className="flex flex-col gap-2">
        <div className="flex items-start gap-2">
          <IconButton
            label="Close the request"
            keys="Esc"
            size="compact"
            icon={<ArrowLeft aria-hidden />}
            className="lg:hidden"
            onClick={onClose}
          />
          <h2 className="min-w-0 flex-1 text-16 font-semibold [overflow-wrap:anywhere]">
            {visibleText(detail.sentence)}
          </h2>
        </div>
        <p className="flex flex-wrap items-center gap-2 text-13 text-ink-2">
          <StateBadge of="verdict" state={detail.verdict} />
          <StateBadge of="verification" state={detail.verification} />
          {detail.isTest ? <Badge title="Sent from this page, not by the sender">test</Badge> : null}
          <span className="font-mono text-12">{detail.method}</span>
          {detail.eventType === null ? null : (
            <span className="min-w-0 font-mono text-12 [overflow-wrap:anywhere]">{visibleText(detail.eventType)}</span>
          )}
          <span className="tabular">{isUnread(detail) ? "body not read" : byteCount(detail.bodyBytes)}</span>
          <RelativeTime at={detail.receivedAt} className="tabular" />
        </p>
        <RequestActions endpoint={endpoint} detail={detail} actions={actions} onOpen={onOpen} />
      </header>
      <RefusalRemedy endpoint={endpoint} detail={detail} actions={actions} />
      <RequestChecks checks={detail.checks} rechecks={detail.rechecks} />
      <RequestItems detail={detail} onOpen={onOpen} />
      {detail.kind === "event" ? <Runs detail={detail} /> : <Related detail={detail} onOpen={onOpen} />}
      <section aria-label="Answer">
        <h3 className="mb-1 text-13 font-semibold">Answer</h3>
        <p className="text-13">
          <span className="font-mono">{detail.answer.status}</span>
          {detail.answerMs === null ? null : (
            <span className="text-ink-2"> after {detail.answerMs.toLocaleString("en")} ms</span>
          )}
          {detail.answer.body === "" ? null : (
            <span className="ml-2 font-mono text-12 text-ink-2 [overflow-wrap:anywhere]">
              {visibleText(detail.answer.body)}
            </span>
          )}
        </p>
        {detail.answer.note === null ? null : <p className="text-13 text-ink-2">{detail.answer.note}</p>}
      </section>
      {detail.headers === null || detail.body === null ? (
        <Notice title="Payloads are not shown to viewers">
          An editor of this workspace can open headers and bodies.
        </Notice>
      ) : (
        <Tabs
          label="Content"
          items={[
            {
              value: "body",
              label: "Body",
              content: (
                <RequestBody
                  key={detail.id}
                  body={detail.body}
                  reading={detail.reading}
                  unread={isUnread(detail)}
                  splitHref={
                    detail.kind === "event" && endpoint.mayEdit && endpoint.settings.split.kind === "off"
                      ? "?tab=settings"
                      : null
                  }
                  href={`/api/ui/endpoints/${endpoint.id}/requests/${detail.id}`}
                />
              ),
            },
            {
              value: "headers",
              label: "Headers",
              count: detail.headers.length,
              content: (
                <HeadersTable headers={detail.headers.map(([name, value]) => [name, visibleText(value)] as const)} />
              ),
            },
            {
              value: "query",
              label: "Query",
              count: queryPairs(detail.query).length,
              content: <Query query={detail.query ?? ""} />,
            },
            { value: "facts", label: "Facts", content: <Facts detail={detail} /> },
          ]}
        />
      )}
    </article>
  );
}

function isUnread({ sha256, bodyBytes }: Detail): boolean {
  return sha256 === null && bodyBytes === 0;
}

function Runs({ detail }: { detail: Detail }) {
  if (detail.runs.length === 0) return null;
  return (
    <section aria-label="Runs">
      <h3 className="mb-1 text-13 font-semibold">Runs</h3>
      <ul className="flex flex-col">
        {detail.runs.map((run) => (
          <li key={run.id} className="flex flex-wrap items-center gap-2 py-1 text-13">
            <StateBadge of="run" state={run.status} />
            <TextLink href={`/runs/${run.id}`}>{run.flowName}</TextLink>
            <span className="text-ink-3">
              v{run.versionNumber}
              {run.kind === "event" ? "" : `, ${run.kind}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Related({ detail, onOpen }: { detail: Detail; onOpen: (id: string) => void }) {
  const related = detail.relatedEventId;
  if (related === null) return null;
  return (
    <p className="text-13">
      <TextLink
        href={`?request=${related}`}
        onClick={(event) => {
          event.preventDefault();
          onOpen(related);
        }}
      >
        {detail.verdict === "duplicate" ? "See the first delivery" : "See the event made of it"}
      </TextLink>
    </p>
  );
}

function Query({ query }: { query: string }) {
  if (query === "") return <p className="text-13 text-ink-3">No query.</p>;
  return (
    <div className="flex flex-col gap-3">
      <HeadersTable
        label="Query"
        headers={queryPairs(query).map(([name, value]) => [visibleText(name), visibleText(value)] as const)}
      />
      <CodeBlock label="query" code={query} wrap />
    </div>
  );
}

function queryPairs(query: string | null): Array<[string, string]> {
  return query === null || query === "" ? [] : [...new URLSearchParams(query)];
}

function Facts({ detail }: { detail: Detail }) {
  return (
    <DescriptionList
      items={[
        [
          "Request id",
          <code key="id" className="font-mono text-12">
            {detail.id}
          </code>,
        ],
        [
          "Delivery id",
          detail.deliveryId === null ? (
            "none"
          ) : (
            <code key="delivery" className="font-mono text-12">
              {visibleText(detail.deliveryId)}
            </code>
          ),
        ],
        [
          "From",
          <code key="ip" className="font-mono text-12">
            {detail.clientIp ?? "unknown"}
          </code>,
        ],
        [
          "Path",
          <code key="path" className="font-mono text-12">
            {visibleText(detail.path)}
          </code>,
        ],
        [
          "Content type",
          <code key="type" className="font-mono text-12">
            {detail.contentType === null ? "none" : visibleText(detail.contentType)}
          </code>,
        ],
        ["Body", isUnread(detail) ? "not read" : `${detail.bodyBytes.toLocaleString("en")} bytes`],
        [
          "SHA-256",
          <code key="hash" className="font-mono text-12">
            {detail.sha256 ?? "not read in full"}
          </code>,
        ],
        ["Later deliveries", detail.duplicateCount.toLocaleString("en")],
      ]}
    />
  );
}
