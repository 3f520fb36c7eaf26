"use client";
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { editorTheme } from "#components/builder/editor/editor-theme.ts";
import { codeColours } from "#components/builder/editor/jsonata-language.ts";
import { useEditor } from "#components/builder/editor/use-editor.ts";
import { cx } from "#components/ui/cx.ts";

/** Something wrong with the text: from and to count characters from 0. */
export type TextProblem = { from: number; to: number; message: string };

type JsonEditorProps = {
  label: string;
  value: string;
  problem: TextProblem | null;
  /** The id of the text that says what is wrong and what helps. */
  describedBy: string;
  disabled: boolean;
  onChange: (text: string) => void;
};

const tall = EditorView.theme({
  "&": { maxHeight: "384px", fontSize: "13px" },
  ".cm-scroller": { minHeight: "160px" },
});
const gutter = EditorView.theme({
  ".cm-gutters": {
    backgroundColor: "var(--sunken)",
    color: "var(--text-3)",
    border: "none",
    borderRight: "1px solid var(--border)",
  },
});

/**
 * JSON to be written by hand: colours, line numbers, brackets that close themselves, and what is wrong underlined. Tab
 * leaves it.
 */
export function JsonEditor({ label, value, problem, describedBy, disabled, onChange }: JsonEditorProps) {
  const editable = useRef(new Compartment());
  const editor = useRef<EditorView | null>(null);
  const holder = useEditor(editor, value, onChange, () => [
    lineNumbers(),
    indentUnit.of("  "),
    closeBrackets(),
    json(),
    syntaxHighlighting(codeColours),
    editorTheme,
    tall,
    gutter,
    editable.current.of(access(disabled)),
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-describedby": describedBy,
      "aria-multiline": "true",
      spellcheck: "false",
    }),
    keymap.of([...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap]),
  ]);
  useEffect(() => {
    editor.current?.dispatch({ effects: editable.current.reconfigure(access(disabled)) });
  }, [disabled]);
  useEffect(() => {
    const view = editor.current;
    if (view) view.dispatch(setDiagnostics(view.state, problem === null ? [] : [toDiagnostic(view, problem)]));
  }, [problem]);

  return (
    <div
      ref={holder}
      data-invalid={problem === null ? undefined : ""}
      className={cx(
        "min-w-0 overflow-hidden rounded-control border border-line-strong bg-surface font-mono text-13 " +
          "focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-focus",
        problem !== null && "border-bad-solid",
        disabled && "border-dashed bg-sunken",
      )}
    />
  );
}

function access(disabled: boolean) {
  return [EditorState.readOnly.of(disabled), EditorView.editable.of(!disabled)];
}

/** Something to see even where the text ends too early. */
function toDiagnostic(view: EditorView, { from, to, message }: TextProblem): Diagnostic {
  const { length } = view.state.doc;
  const start = Math.min(from, Math.max(0, length - 1));
  return { from: start, to: Math.max(start, Math.min(to, length)), severity: "error", message };
}
