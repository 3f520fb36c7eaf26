"use client";
import { useMemo, useState } from "react";
import { BodyFiles, BodyProblems, CloudEvents } from "#components/endpoints/body-reading.tsx";
import { byteCount } from "#components/endpoints/byte-count.ts";
import { Download } from "#components/icons.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { HeadersTable } from "#components/ui/headers-table.tsx";
import { JsonTree, type JsonTreeValueRow } from "#components/ui/json-tree.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import type { Json } from "#lib/core/json.ts";
import { pathExpression } from "#lib/engine/edit/path-expression.ts";
import type { BodyReadingView } from "#lib/views/body-views.ts";
import type { RequestBodyView } from "#lib/views/endpoint-views.ts";

type View = "pretty" | "raw";

/**
 * The body of a request: as a tree or fields where it can be read so, unfolded, and exactly as it came. `href` is the
 * request's address.
 */
export function RequestBody({
  body,
  reading,
  href,
  unread,
  splitHref,
}: {
  body: RequestBodyView;
  reading: BodyReadingView | null;
  href: string;
  /** It was refused before its body was read. */
  unread: boolean;
  /** Where an endpoint that takes lists as a whole is set to split them; null where nothing is to be offered. */
  splitHref: string | null;
}) {
  const [view, setView] = useState<View>("pretty");
  const [search, setSearch] = useState("");
  const parsed = useMemo(() => parse(body, reading), [body, reading]);
  const exactTexts = useMemo(() => textsByPath(reading), [reading]);
  if (body.kind === "empty")
    return (
      <p className="text-13 text-ink-3">
        {unread ? "Nothing of the body was kept: the request was refused before it was read." : "The body is empty."}
      </p>
    );
  const isPretty = view === "pretty" && parsed.kind !== "raw";
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {parsed.kind === "raw" ? null : (
          <Select
            label="How the body is shown"
            compact
            className="w-28"
            value={view}
            onValueChange={setView}
            options={[
              { value: "pretty", label: "Pretty" },
              { value: "raw", label: "Raw" },
            ]}
          />
        )}
        {parsed.kind === "json" && isPretty ? (
          <span className="w-56">
            <SearchInput label="Search keys and values" value={search} onValueChange={setSearch} />
          </span>
        ) : null}
        <span className="flex-1 text-right text-12 text-ink-3">{sizes(body, reading)}</span>
        <ButtonLink size="compact" href={`${href}/body`} prefetch={false} icon={<Download aria-hidden />}>
          Download
        </ButtonLink>
      </div>
      {reading === null ? null : <BodyProblems problems={reading.problems} />}
      {splitHref === null || (reading?.listItems ?? 0) === 0 ? null : (
        <p className="text-13 text-ink-2">
          This body is a list of {reading?.listItems?.toLocaleString("en")}, and a flow runs once for all of it. Each
          item or line can be a run of its own: <TextLink href={splitHref}>split requests with several events</TextLink>
          .
        </p>
      )}
      {reading?.cloudEvents == null || !isPretty ? null : <CloudEvents found={reading.cloudEvents} />}
      {isPretty ? <Pretty parsed={parsed} search={search} exactTexts={exactTexts} href={href} /> : <Raw body={body} />}
    </div>
  );
}

type Parsed =
  | { kind: "json"; value: Json }
  | { kind: "fields"; fields: Array<[string, string]>; files: BodyReadingView["files"] }
  | { kind: "text"; text: string; whole: boolean }
  | { kind: "raw" };

type PrettyProps = {
  parsed: Exclude<Parsed, { kind: "raw" }>;
  search: string;
  exactTexts: ReadonlyMap<string, string>;
  href: string;
};

function Pretty({ parsed, search, exactTexts, href }: PrettyProps) {
  switch (parsed.kind) {
    case "json": {
      const note = (row: JsonTreeValueRow) => {
        const text = exactTexts.get(pathExpression(row.path) ?? "");
        return text === undefined ? null : <span className="text-12 text-warn-text">sent as {visibleText(text)}</span>;
      };
      return (
        <JsonTree
          label="Body"
          value={parsed.value}
          search={search}
          note={note}
          className="max-h-96 rounded-control border border-line bg-surface"
        />
      );
    }
    case "fields":
      return (
        <>
          {parsed.fields.length === 0 && parsed.files.length > 0 ? null : (
            <HeadersTable
              label="Fields"
              headers={parsed.fields.map(
                ([name, value]) => [name === "" ? "(no name)" : visibleText(name), visibleText(value)] as const,
              )}
            />
          )}
          {parsed.files.length === 0 ? null : <BodyFiles files={parsed.files} href={`${href}/files`} />}
        </>
      );
    case "text":
      return <CodeBlock label="body as text" code={parsed.text} wrap copy={parsed.whole} />;
  }
}

function Raw({ body }: { body: RequestBodyView }) {
  return (
    <CodeBlock
      label="body"
      code={body.text ?? hexDump(body.base64 ?? "")}
      wrap
      copy={body.text !== null && body.shownBytes === body.bytes}
    />
  );
}

/**
 * What a pretty view is made of: the unfolded text (or that of another charset) where there is one, else the text as it
 * came.
 */
function parse(body: RequestBodyView, reading: BodyReadingView | null): Parsed {
  if (reading?.kind === "multipart") return { kind: "fields", fields: reading.fields, files: reading.files };
  const unfolded = reading?.text ?? null;
  const text = unfolded ?? body.text;
  const whole = unfolded === null ? body.shownBytes >= body.bytes : reading?.cut !== true;
  const kind = reading?.kind ?? body.kind;
  if (text !== null && whole) {
    if (kind === "form") return { kind: "fields", fields: [...new URLSearchParams(text)], files: [] };
    const value = kind === "json" ? (parseJson(text) ?? parseLines(text)) : undefined;
    if (value !== undefined) return { kind: "json", value };
  }
  return unfolded === null ? { kind: "raw" } : { kind: "text", text: unfolded, whole };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(/^\ufeff/, "")) as Json;
  } catch {
    return undefined;
  }
}

/** A JSON text on each line, as one list. */
function parseLines(text: string): Json[] | undefined {
  const values = text
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== "")
    .map(parseJson);
  return values.every((value) => value !== undefined) ? values : undefined;
}

function textsByPath(reading: BodyReadingView | null): ReadonlyMap<string, string> {
  return new Map(
    (reading?.problems ?? []).flatMap(({ exact }) => (exact === null ? [] : [[exact.path, exact.text] as const])),
  );
}

function sizes({ bytes, keptBytes, shownBytes }: RequestBodyView, reading: BodyReadingView | null): string {
  if (reading?.coding != null)
    return `${byteCount(bytes)} as ${reading.coding.name}, ${byteCount(reading.coding.decodedBytes)} decompressed`;
  if (keptBytes < bytes) return `${byteCount(bytes)}, of which the first ${byteCount(keptBytes)} were kept`;
  if (shownBytes < bytes) return `the first ${byteCount(shownBytes)} of ${byteCount(bytes)}`;
  return `${bytes.toLocaleString("en")} bytes`;
}

/** Sixteen bytes a line with their place, as hex. */
function hexDump(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const hex = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex}`);
  }
  return lines.join("\n");
}
