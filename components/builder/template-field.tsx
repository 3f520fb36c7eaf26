"use client";
import { useId, useMemo, useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { CoverageStrip } from "#components/builder/coverage-strip.tsx";
import type { ChipResults } from "#components/builder/editor/chips.ts";
import { CodeField } from "#components/builder/editor/code-field.tsx";
import { FieldResult } from "#components/builder/field-result.tsx";
import { scopeJson } from "#components/builder/scope-json.ts";
import { OctagonX } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";

type TemplateFieldProps = {
  /** Dotted path inside the step, as the preview names it; with `owner` unique in the flow. */
  fieldKey: string;
  owner: string;
  label: string;
  labelHidden?: boolean;
  kind: "expression" | "template";
  value: string;
  multiline?: boolean;
  placeholder?: string;
  help?: string;
  required?: boolean;
  onChange: (value: string) => void;
};

/**
 * A mappable field: chips, text or an expression, with what it comes to underneath. While it is the target, data
 * clicked in the data panel goes in.
 */
export function TemplateField(props: TemplateFieldProps) {
  const {
    fieldKey,
    owner,
    label,
    labelHidden = false,
    kind,
    value,
    multiline,
    placeholder,
    help,
    required = false,
  } = props;
  const { store, data } = useBuilder();
  const id = useId();
  const [look, setLook] = useState<"chips" | "text">("chips");
  const preview = useBuilderState((state) => (state.preview?.for === owner ? state.preview.answer : null));
  const updating = useBuilderState((state) => state.updating);
  const hasSample = useBuilderState((state) => state.sample !== null);
  const key = `${owner}:${fieldKey}`;
  const isTarget = useBuilderState((state) => state.target?.key === key);
  const isTouched = useBuilderState((state) => state.allTouched || state.touched.has(key));
  const problem = useBuilderState(
    (state) =>
      state.problems.find((one) => ownerOf(one.stepId) === owner && isAbout(one.path.join("."), fieldKey)) ?? null,
  );
  const result = preview?.fields[fieldKey] ?? null;
  const results = useMemo<ChipResults>(
    () => new Map((result?.expressions ?? []).map((spot) => [spot.source, spot.result])),
    [result],
  );
  const error = useMemo(
    () =>
      result?.outcome.kind === "error" ? { message: result.outcome.message, position: result.outcome.position } : null,
    [result],
  );
  const isEmpty = value.trim() === "";
  const showsProblem = problem !== null && problem.code !== "expression" && (isTouched || !isEmpty);
  const hasBraces = kind === "template" && value.includes("{{");

  return (
    <div className="flex min-w-0 flex-col gap-1">
      {labelHidden ? null : (
        <div className="flex min-h-5 items-center justify-between gap-2">
          <span className="text-13 font-medium">{label}</span>
          <span className="flex items-center gap-2 text-12 text-ink-3">
            {isTarget ? (
              <span className="text-accent-text">data goes here</span>
            ) : required && isEmpty && !isTouched ? (
              "needed"
            ) : null}
            {hasBraces ? (
              <Button
                variant="quiet"
                size="compact"
                className="h-5 px-1 text-12"
                aria-pressed={look === "text"}
                onClick={() => setLook(look === "chips" ? "text" : "chips")}
              >
                {look === "chips" ? "as text" : "as chips"}
              </Button>
            ) : null}
          </span>
        </div>
      )}
      <CodeField
        label={label}
        value={value}
        kind={kind}
        view={look}
        multiline={multiline}
        placeholder={placeholder}
        readOnly={!data.may.edit}
        invalid={showsProblem || error !== null}
        describedBy={`${id}-result`}
        results={results}
        error={error}
        scope={() => scopeJson(store.getState().preview?.answer.scope ?? null)}
        onChange={props.onChange}
        onFocus={(insert) => store.getState().set({ target: { key, label, insert } })}
        onBlur={() => {
          store.getState().touch(key);
          store.getState().closeEdit();
        }}
        onUndoBeyond={() => store.getState().undo()}
      />
      {isEmpty ? null : (
        <FieldResult id={`${id}-result`} result={result} hasSample={hasSample} updating={updating && isTarget} />
      )}
      {isEmpty || !hasSample ? null : <CoverageStrip owner={owner} fieldKey={fieldKey} />}
      {showsProblem && problem ? (
        <p className="flex items-start gap-1 text-12 text-bad-text">
          <OctagonX aria-hidden className="mt-0.5 size-3" />
          {afterName(problem.message)}
        </p>
      ) : null}
      {help ? <p className="text-12 text-ink-3">{help}</p> : null}
    </div>
  );
}

/** Whether a place in the definition is this field of its step; the condition of a step is not that of a branch. */
function isAbout(path: string, fieldKey: string): boolean {
  if (fieldKey === "when") return /(?:^|\.)(?:steps|errorSteps)\.\d+\.when$/.test(path);
  return path.endsWith(`.${fieldKey}`);
}

/** The owner name of a problem's or preview's step. */
export function ownerOf(stepId: string | null): string {
  return stepId ?? "trigger";
}

/** A problem's sentence without the name of its step in front. */
export function afterName(message: string): string {
  const cut = message.indexOf(": ");
  return cut > 0 && cut < 60 ? message.slice(cut + 2) : message;
}
