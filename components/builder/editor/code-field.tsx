"use client";
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, historyKeymap, undo } from "@codemirror/commands";
import { setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder as placeholderText } from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";
import { type ChipResults, chips, setChipResults } from "#components/builder/editor/chips.ts";
import { editorTheme } from "#components/builder/editor/editor-theme.ts";
import { completeJsonata, isInsideBraces } from "#components/builder/editor/jsonata-completion.ts";
import { jsonataColours } from "#components/builder/editor/jsonata-language.ts";
import { useEditor } from "#components/builder/editor/use-editor.ts";
import { cx } from "#components/ui/cx.ts";
import type { Json } from "#lib/core/json.ts";

type CodeFieldProps = {
  label: string;
  value: string;
  kind: "expression" | "template";
  /** Templates only: chips, or the plain text with braces. */
  view?: "chips" | "text";
  multiline?: boolean;
  placeholder?: string;
  readOnly?: boolean;
  invalid?: boolean;
  describedBy?: string;
  results?: ChipResults;
  error?: { message: string; position: number | null } | null;
  scope: () => Json | null;
  onChange: (value: string) => void;
  onFocus: (insert: (expression: string) => void) => void;
  onBlur: () => void;
  /** Ctrl-Z when the field's own history has ended. */
  onUndoBeyond: () => void;
};

/** A field of text with {{ }} or of one expression: colours, completion, chips, error at its place. Tab leaves it. */
export function CodeField(props: CodeFieldProps) {
  const {
    label,
    value,
    kind,
    view: look = "chips",
    multiline = false,
    placeholder = "",
    readOnly = false,
    invalid = false,
    describedBy,
    results,
    error,
  } = props;
  const lookSlot = useRef(new Compartment());
  const focused = useEffectEvent((insert: (expression: string) => void) => props.onFocus(insert));
  const blurred = useEffectEvent(() => props.onBlur());
  const undoBeyond = useEffectEvent(() => props.onUndoBeyond());
  const scope = useEffectEvent(() => props.scope());
  const lookOf = (chosen: "chips" | "text") => (kind === "template" && chosen === "chips" ? chips() : []);

  const editor = useRef<EditorView | null>(null);
  const holder = useEditor(
    editor,
    value,
    (text) => props.onChange(text),
    () => [
      EditorState.readOnly.of(readOnly),
      autocompletion({
        override: [(context) => completeJsonata(context, scope(), kind)],
        maxRenderedOptions: 50,
        icons: false,
        activateOnTypingDelay: 40,
      }),
      lookSlot.current.of(lookOf(look)),
      jsonataColours(kind),
      editorTheme,
      placeholderText(placeholder),
      EditorView.contentAttributes.of({
        "aria-label": label,
        ...(describedBy ? { "aria-describedby": describedBy } : {}),
        "aria-multiline": String(multiline),
        spellcheck: "false",
      }),
      keymap.of([
        {
          key: "Mod-z",
          run: (view) => {
            if (!undo(view)) undoBeyond();
            return true;
          },
          preventDefault: true,
        },
        ...(multiline ? [] : [{ key: "Enter", run: () => true }]),
        ...completionKeymap,
        ...historyKeymap,
        ...defaultKeymap,
      ]),
      EditorView.clipboardInputFilter.of((text) => (multiline ? text : text.replace(/\s*\n\s*/g, " "))),
      EditorView.updateListener.of(({ focusChanged, view }) => {
        if (!focusChanged) return;
        if (view.hasFocus) focused((expression) => insertExpression(view, expression, kind));
        else blurred();
      }),
    ],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the choice of look changes it
  useEffect(() => {
    editor.current?.dispatch({ effects: lookSlot.current.reconfigure(lookOf(look)) });
  }, [look]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: chips drawn anew need their values again
  useEffect(() => {
    if (results) editor.current?.dispatch({ effects: setChipResults.of(results) });
  }, [results, look]);
  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    const timer = setTimeout(
      () => view.dispatch(setDiagnostics(view.state, error ? [diagnosticOf(view, error)] : [])),
      error ? 280 : 0,
    );
    return () => clearTimeout(timer);
  }, [error]);

  return (
    <div
      ref={holder}
      className={cx(
        "min-w-0 overflow-hidden rounded-control border border-line-strong bg-surface text-14 " +
          "focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-focus",
        kind === "expression" && "font-mono text-13",
        multiline ? "[&_.cm-content]:min-h-20" : "[&_.cm-content]:min-h-7.5",
        invalid && "border-bad-solid",
        readOnly && "border-dashed bg-sunken",
      )}
    />
  );
}

/** Puts an expression at the cursor: with braces in text, bare inside braces and in expression fields. */
function insertExpression(view: EditorView, expression: string, kind: "expression" | "template"): void {
  const { from, to } = view.state.selection.main;
  const bare = kind === "expression" || isInsideBraces(view.state.sliceDoc(0, from));
  const text = bare ? expression : `{{ ${expression} }}`;
  view.dispatch({
    changes: { from, to, insert: text },
    selection: { anchor: from + text.length },
    scrollIntoView: true,
    userEvent: "input.insert",
  });
  view.focus();
}

function diagnosticOf(view: EditorView, error: { message: string; position: number | null }) {
  const length = view.state.doc.length;
  const from = error.position === null ? 0 : Math.min(Math.max(0, error.position), Math.max(0, length - 1));
  const to = error.position === null ? length : Math.min(length, from + 1);
  return { from, to: Math.max(from, to), severity: "error" as const, message: error.message };
}
