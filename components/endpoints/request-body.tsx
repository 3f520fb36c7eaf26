"use client";
import { useMemo, useState } from "react";
import { byteCount } from "#components/endpoints/byte-count.ts";
import { Download } from "#components/icons.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { HeadersTable } from "#components/ui/headers-table.tsx";
import { JsonTree } from "#components/ui/json-tree.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import type { RequestBodyView } from "#lib/core/endpoint-views.ts";
import type { Json } from "#lib/core/json.ts";

type View = "pretty" | "raw";

/** The body of a request: as a tree or fields where it can be read so, and exactly as it came. */
export function RequestBody({ body, href }: { body: RequestBodyView; href: string }) {
  const [view, setView] = useState<View>("pretty");
  const [search, setSearch] = useState("");
  const parsed = useMemo(() => parse(body), [body]);
  if (body.kind === "empty") return <p className="text-13 text-ink-3">The body is empty.</p>;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {parsed.kind === "json" || parsed.kind === "fields" ? (
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
        ) : null}
        {parsed.kind === "json" && view === "pretty" ? (
          <span className="w-48">
            <SearchInput label="Search keys and values" value={search} onValueChange={setSearch} />
          </span>
        ) : null}
        <span className="flex-1 text-right text-12 text-ink-3">{sizes(body)}</span>
        <ButtonLink size="compact" href={href} prefetch={false} icon={<Download aria-hidden />}>
          Download
        </ButtonLink>
      </div>
      {parsed.kind === "unreadable" ? <p className="text-13 text-warn-text">{parsed.message}</p> : null}
      {view === "pretty" && parsed.kind === "json" ? (
        <JsonTree label="Body" value={parsed.value} search={search} className="h-96 rounded-control border border-line bg-surface" />
      ) : view === "pretty" && parsed.kind === "fields" ? (
        <HeadersTable
          label="Fields"
          headers={parsed.fields.map(([name, value]) => [name === "" ? "(no name)" : visibleText(name), visibleText(value)] as const)}
        />
      ) : (
        <CodeBlock
          label="body"
          code={body.text ?? hexDump(body.base64 ?? "")}
          wrap
          copy={body.text !== null && body.shownBytes === body.bytes}
        />
      )}
    </div>
  );
}

type Parsed =
  | { kind: "json"; value: Json }
  | { kind: "fields"; fields: Array<[string, string]> }
  | { kind: "unreadable"; message: string }
  | { kind: "raw" };

function parse(body: RequestBodyView): Parsed {
  if (body.text === null || body.shownBytes < body.bytes) return { kind: "raw" };
  if (body.kind === "form") return { kind: "fields", fields: [...new URLSearchParams(body.text)] };
  if (body.kind !== "json") return { kind: "raw" };
  try {
    return { kind: "json", value: JSON.parse(body.text.replace(/^\ufeff/, "")) as Json };
  } catch (error) {
    return { kind: "unreadable", message: `Not valid JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function sizes({ bytes, keptBytes, shownBytes }: RequestBodyView): string {
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
