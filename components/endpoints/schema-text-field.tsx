"use client";
import dynamic from "next/dynamic";
import { useEffect, useEffectEvent, useId, useState } from "react";
import type { TextProblem } from "#components/endpoints/json-editor.tsx";
import type { SettingsPart } from "#components/endpoints/settings-form.tsx";
import { OctagonX } from "#components/icons.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { findJsonError } from "#lib/core/json-error.ts";

/** Loaded when somebody writes a schema by hand, not with the page. */
const JsonEditor = dynamic(() => import("#components/endpoints/json-editor.tsx").then((module) => module.JsonEditor), {
  ssr: false,
  loading: () => (
    <div
      role="status"
      aria-label="Loading"
      className="flex h-40 flex-col gap-3 rounded-control border border-line-strong p-3"
    >
      <Skeleton className="w-48" />
      <Skeleton className="w-64 max-w-full" />
    </div>
  ),
});

/** Nobody is told about a text that is still being typed. */
const SETTLED_MS = 400;

/** A JSON Schema as text: where it stops being JSON is shown at its place, and so is what the server said about it. */
export function SchemaTextField({
  text,
  errors,
  disabled,
  onChange,
}: {
  text: string;
  errors: SettingsPart["errors"];
  disabled: boolean;
  onChange: (text: string) => void;
}) {
  const id = useId();
  const [refused, setRefused] = useState<{ text: string; message: string } | null>(null);
  const [problem, setProblem] = useState<TextProblem | null>(null);
  // What the server said holds for the text it was said about.
  const hear = useEffectEvent((message: string | undefined) =>
    setRefused(message === undefined ? null : { text, message }),
  );
  useEffect(() => hear(errors["schema.text"]), [errors]);
  useEffect(() => {
    const told = refused !== null && refused.text === text ? refused.message : null;
    const timer = setTimeout(() => setProblem(findProblem(text, told)), told === null ? SETTLED_MS : 0);
    return () => clearTimeout(timer);
  }, [text, refused]);
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span className="text-13 font-medium">JSON Schema</span>
      <JsonEditor
        label="JSON Schema"
        value={text}
        problem={problem}
        describedBy={id}
        disabled={disabled}
        onChange={onChange}
      />
      <div id={id} className="flex flex-col gap-1">
        <p role="status" className="flex items-start gap-1 text-12 text-bad-text">
          {problem === null ? null : (
            <>
              <OctagonX aria-hidden className="mt-0.5 size-3" />
              <span className="min-w-0 [overflow-wrap:anywhere]">{problem.message}</span>
            </>
          )}
        </p>
        <p className="max-w-prose text-12 text-ink-3">
          Draft 2020-12, or draft-07 when $schema says so. References stay inside the schema; nothing is fetched.
        </p>
      </div>
    </div>
  );
}

function findProblem(text: string, refusal: string | null): TextProblem | null {
  const place = findJsonError(text);
  if (place !== null) {
    const where = `line ${place.line.toLocaleString("en")}, column ${place.column.toLocaleString("en")}`;
    const message =
      place.offset >= text.length ? `This ends too early: ${where}.` : `This is not JSON from ${where} on.`;
    return { from: place.offset, to: place.offset + 1, message };
  }
  if (refusal === null) return null;
  // The first quoted word is the part of the schema that is meant.
  const named = /"(?:[^"\\]|\\.)+"/.exec(refusal)?.[0] ?? "";
  const from = named === "" ? -1 : text.indexOf(named);
  return from === -1
    ? { from: 0, to: text.length, message: refusal }
    : { from, to: from + named.length, message: refusal };
}
