"use client";
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers, tooltips } from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";
import { editorTheme } from "#components/builder/editor/editor-theme.ts";
import { codeColours } from "#components/builder/editor/jsonata-language.ts";
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

const fromOutside = Annotation.define<boolean>();
const tall = EditorView.theme({ "&": { maxHeight: "384px", fontSize: "13px" }, ".cm-scroller": { minHeight: "160px" } });
const gutter = EditorView.theme({
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--text-3)", border: "none", borderRight: "1px solid var(--border)" },
});

/** JSON to be written by hand: colours, line numbers, brackets that close themselves, and what is wrong underlined. Tab leaves it. */
export function JsonEditor({ label, value, problem, describedBy, disabled, onChange }: JsonEditorProps) {
  const holder = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const editable = useRef(new Compartment());
  const changed = useEffectEvent(onChange);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor is made once; later changes go through effects below
  useEffect(() => {
    if (!holder.current) return;
    const created = new EditorView({
      parent: holder.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          history(),
          drawSelection(),
          lineNumbers(),
          EditorView.lineWrapping,
          indentUnit.of("  "),
          bracketMatching(),
          closeBrackets(),
          json(),
          syntaxHighlighting(codeColours),
          tooltips({ parent: document.body }),
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
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.annotation(fromOutside))) changed(update.state.doc.toString());
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
        "min-w-0 overflow-hidden rounded-control border border-line-strong bg-surface font-mono text-13 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-focus",
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
