"use client";
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, undo } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder as placeholderText, tooltips } from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";
import { type ChipResults, chips, setChipResults } from "#components/builder/editor/chips.ts";
import { editorTheme } from "#components/builder/editor/editor-theme.ts";
import { completeJsonata, isInsideBraces } from "#components/builder/editor/jsonata-completion.ts";
import { jsonataColours } from "#components/builder/editor/jsonata-language.ts";
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

const fromOutside = Annotation.define<boolean>();

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
  const holder = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const lookSlot = useRef(new Compartment());
  const changed = useEffectEvent((text: string) => props.onChange(text));
  const focused = useEffectEvent((insert: (expression: string) => void) => props.onFocus(insert));
  const blurred = useEffectEvent(() => props.onBlur());
  const undoBeyond = useEffectEvent(() => props.onUndoBeyond());
  const scope = useEffectEvent(() => props.scope());
  const lookOf = (chosen: "chips" | "text") => (kind === "template" && chosen === "chips" ? chips() : []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor is made once; later changes go through effects below
  useEffect(() => {
    if (!holder.current) return;
    const insert = (expression: string) => insertExpression(created, expression, kind);
    const created = new EditorView({
      parent: holder.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          history(),
          drawSelection(),
          EditorView.lineWrapping,
          bracketMatching(),
          EditorState.readOnly.of(readOnly),
          tooltips({ parent: document.body }),
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
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.annotation(fromOutside))) changed(update.state.doc.toString());
            if (update.focusChanged) {
              if (update.view.hasFocus) focused(insert);
              else blurred();
            }
          }),
        ],
      }),
    });
    editor.current = created;
    return () => created.destroy();
  }, []);

  useEffect(() => {
    const view = editor.current;
    if (view && view.state.doc.toString() !== value)
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value }, annotations: fromOutside.of(true) });
  }, [value]);
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
    const timer = setTimeout(() => view.dispatch(setDiagnostics(view.state, error ? [diagnosticOf(view, error)] : [])), error ? 280 : 0);
    return () => clearTimeout(timer);
  }, [error]);

  return (
    <div
      ref={holder}
      className={cx(
        "min-w-0 overflow-hidden rounded-control border border-line-strong bg-surface text-14 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-focus",
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
