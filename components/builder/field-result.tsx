"use client";
import { OctagonX, TriangleAlert } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";
import { JsonValue } from "#components/ui/json-value.tsx";
import { visibleText } from "#components/ui/visible-text.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { prettyJson } from "#lib/core/pretty-json.ts";
import type { FieldResult as Result } from "#lib/engine/edit/preview-types.ts";

/** What a field comes to with the chosen sample, under the field: four states, four texts. Announced once settled. */
export function FieldResult({
  id,
  result,
  hasSample,
  updating,
}: {
  id: string;
  result: Result | null;
  hasSample: boolean;
  updating: boolean;
}) {
  return (
    <div
      id={id}
      aria-live="polite"
      className={cx(
        "relative min-h-6 rounded-control bg-sunken px-2.5 py-0.5 font-mono text-12 leading-5",
        "[overflow-wrap:anywhere]",
      )}
    >
      <ResultText result={result} hasSample={hasSample} />
      {updating ? <span className="absolute top-0.5 right-2 font-sans text-11 text-ink-3">updating</span> : null}
    </div>
  );
}

function ResultText({ result, hasSample }: { result: Result | null; hasSample: boolean }) {
  if (!hasSample) return <span className="font-sans text-ink-3">Choose or send a sample to see the result</span>;
  if (!result) return <span className="font-sans text-ink-3">…</span>;
  const { outcome, expressions } = result;
  switch (outcome.kind) {
    case "blank":
      return <span className="font-sans text-ink-3">Empty</span>;
    case "value":
      return (
        <>
          <ValueText json={outcome.json} />
          <span className="ml-2 font-sans text-ink-3">
            {kindWords(new JsonText(outcome.json))}
            {outcome.bytes > 1_024 ? ` · ${(outcome.bytes / 1_024).toFixed(1)} KB` : ""}
            {becameText(result) ? " · now text, because there is text beside the value" : ""}
          </span>
          {outcome.warnings.map((warning) => (
            <span key={warning} className="mt-0.5 flex items-center gap-1 font-sans text-warn-text">
              <TriangleAlert aria-hidden className="size-3" />
              {warning}
            </span>
          ))}
        </>
      );
    case "left out":
      return <span className="font-sans text-ink-2">Left out: there is nothing here in this event</span>;
    case "nothing":
      return outcome.missing ? (
        <span className="font-sans text-ink-2">
          Nothing: <code className="text-ink">{outcome.missing}</code> is not in this event
        </span>
      ) : (
        <span className="font-sans text-ink-2">
          Nothing: {expressions[0]?.source ?? "it"} gives nothing for this event
        </span>
      );
    case "refused":
      return <Bad>{outcome.message}</Bad>;
    case "error":
      return (
        <Bad>
          {outcome.message} <span className="text-ink-3">{outcome.code === "template" ? "" : outcome.code}</span>
        </Bad>
      );
    case "stopped":
      return <span className="font-sans text-ink-2">{outcome.message}</span>;
  }
}

function Bad({ children }: { children: React.ReactNode }) {
  return (
    <span className="flex items-start gap-1 font-sans text-bad-text">
      <OctagonX aria-hidden className="mt-1 size-3" />
      <span className="min-w-0">{children}</span>
    </span>
  );
}

function ValueText({ json }: { json: string }) {
  const value = new JsonText(json);
  switch (value.kind) {
    case "text":
      return <span className="whitespace-pre-wrap text-j-str">{visibleLines(String(value.value))}</span>;
    case "object":
    case "list":
      return <span className="whitespace-pre-wrap text-ink">{prettyJson(json)}</span>;
    case "number":
    case "boolean":
    case "null":
      return <JsonValue value={value} />;
  }
}

function visibleLines(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}

function becameText({ outcome, expressions }: Result): boolean {
  const sole = expressions.length === 1 ? expressions[0] : undefined;
  if (outcome.kind !== "value" || !outcome.json.startsWith('"') || sole?.result.kind !== "value") return false;
  return !sole.result.json.startsWith('"') && outcome.json !== JSON.stringify(sole.result.json);
}

const KIND_WORDS = { object: "object", text: "text", number: "number", boolean: "yes/no", null: "null" };

function kindWords(value: JsonText): string {
  return value.kind === "list" ? `list of ${value.itemCount}` : KIND_WORDS[value.kind];
}
