import { byteCount } from "#components/endpoints/byte-count.ts";
import { Download } from "#components/icons.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { HeadersTable } from "#components/ui/headers-table.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import type { BodyFileView, BodyProblemView, CloudEventsView } from "#lib/views/body-views.ts";

/**
 * What was read otherwise than declared or could not be shown as sent, one sentence each; a number that lost digits
 * offers its exact text for a mapping.
 */
export function BodyProblems({ problems, title }: { problems: readonly BodyProblemView[]; title?: string }) {
  if (problems.length === 0) return null;
  return (
    <Notice tone="warn" title={title ?? titleOf(problems.length)}>
      <ul className="flex flex-col gap-1 text-13">
        {problems.map(({ sentence, exact }, index) => (
          <li key={index}>
            {visibleText(sentence)}
            {exact?.expression == null ? null : (
              <>
                {" "}
                As it was sent: <code className="font-mono text-12">{visibleText(exact.expression)}</code>{" "}
                <CopyButton text={exact.expression} label={`Copy ${exact.expression}`} />
              </>
            )}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Reading stops listing problems at this many. */
const LISTED_MAX = 20;

function titleOf(count: number): string {
  if (count === 1) return "One thing to know about this body";
  return `${count >= LISTED_MAX ? "At least " : ""}${count} things to know about this body`;
}

const MODES: Record<CloudEventsView["mode"], string> = {
  binary: "CloudEvent, its attributes in headers",
  structured: "CloudEvent",
  batch: "Batch of CloudEvents",
};

/** The CloudEvents in a request: the attributes of one, or a line for each of a batch. */
export function CloudEvents({ found }: { found: CloudEventsView }) {
  const [first] = found.events;
  return (
    <section aria-label="CloudEvents" className="flex flex-col gap-1">
      <h4 className="text-13 font-semibold">
        {MODES[found.mode]}
        {found.mode === "batch" ? ` (${found.count.toLocaleString("en")})` : ""}
      </h4>
      {found.mode === "batch" ? (
        <Table label="Events of the batch">
          <TableHead>
            <HeadCell>Type</HeadCell>
            <HeadCell>Source</HeadCell>
            <HeadCell>Id</HeadCell>
          </TableHead>
          <tbody>
            {found.events.map((attributes, index) => (
              <Row key={index}>
                {["type", "source", "id"].map((name) => (
                  <Cell key={name} mono className="[overflow-wrap:anywhere]">
                    {visibleText(attributes.find(([attribute]) => attribute === name)?.[1] ?? "")}
                  </Cell>
                ))}
              </Row>
            ))}
          </tbody>
        </Table>
      ) : (
        <HeadersTable
          label="CloudEvent attributes"
          headers={(first ?? []).map(([name, value]) => [name, visibleText(value)] as const)}
        />
      )}
      {found.mode === "batch" && found.count > found.events.length ? (
        <p className="text-12 text-ink-3">The first {found.events.length} are listed.</p>
      ) : null}
    </section>
  );
}

/** Files of a multipart body: what they are, and a download each. `href` is where the request's own files are. */
export function BodyFiles({ files, href }: { files: readonly BodyFileView[]; href: string }) {
  return (
    <ul aria-label="Files" className="divide-y divide-line rounded-card border border-line bg-surface">
      {files.map((file) => (
        <li key={file.index} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-13">
          <span className="min-w-40 flex-1">
            <span className="block [overflow-wrap:anywhere]">
              {file.filename === "" ? "(no name)" : visibleText(file.filename)}
            </span>
            <span className="block text-12 text-ink-3 [overflow-wrap:anywhere]">
              {byteCount(file.bytes)}, <span className="font-mono">{visibleText(file.contentType)}</span>, field{" "}
              <span className="font-mono">{visibleText(file.field)}</span>
            </span>
            <span className="block font-mono text-12 text-ink-3 [overflow-wrap:anywhere]">SHA-256 {file.sha256}</span>
          </span>
          <ButtonLink size="compact" href={`${href}/${file.index}`} prefetch={false} icon={<Download aria-hidden />}>
            Download
          </ButtonLink>
        </li>
      ))}
    </ul>
  );
}
