import { CodeBlock } from "#components/ui/code-block.tsx";
import { JsonTree } from "#components/ui/json-tree.tsx";
import type { Json } from "#lib/core/json.ts";

/**
 * A value of the run: kept (`json` is its text, with every digit), past retention, not for this role, or never there.
 */
export type ShownValue =
  | { kind: "kept"; value: Json; json: string }
  | { kind: "gone" }
  | { kind: "hidden" }
  | { kind: "none" };

/** Shows a value of a run as a tree, or says why there is none. */
export function ValueView({ value, label, none }: { value: ShownValue; label: string; none: string }) {
  if (value.kind !== "kept") return <p className="text-13 text-ink-2">{absenceText(value.kind, none)}</p>;
  const { value: read, json } = value;
  if (typeof read === "string") return <CodeBlock label={label} code={read} wrap />;
  if (typeof read !== "object" || read === null) return <CodeBlock label={label} code={json} />;
  return (
    <div className="rounded-control border border-line">
      <JsonTree label={label} json={json} levels={3} />
    </div>
  );
}

/** Why a value is not shown. */
export function absenceText(kind: "gone" | "hidden" | "none", none: string): string {
  switch (kind) {
    case "gone":
      return "Past retention: this value is no longer kept.";
    case "hidden":
      return "Hidden for your role. Editors and above see payloads.";
    case "none":
      return none;
  }
}
