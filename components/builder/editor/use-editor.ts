import { history } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { Annotation, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, tooltips } from "@codemirror/view";
import { type RefObject, useEffect, useEffectEvent, useRef } from "react";

const fromOutside = Annotation.define<boolean>();

/**
 * Makes an editor once, inside the element that gets the returned ref, and puts it into `editor`: its text follows
 * `value`, and what a person types goes to `onChange`. `extensions` is called once, when the editor is made.
 */
export function useEditor(
  editor: RefObject<EditorView | null>,
  value: string,
  onChange: (text: string) => void,
  extensions: () => Extension,
): RefObject<HTMLDivElement | null> {
  const holder = useRef<HTMLDivElement>(null);
  const changed = useEffectEvent(onChange);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor is made once; later changes go through effects
  useEffect(() => {
    if (!holder.current) return;
    const created = new EditorView({
      parent: holder.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          history(),
          drawSelection(),
          EditorView.lineWrapping,
          // A text longer than its box scrolls; only what has a place in the tab order counts as reachable by keyboard.
          EditorView.contentAttributes.of({ tabindex: "0" }),
          bracketMatching(),
          tooltips({ parent: document.body }),
          extensions(),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.annotation(fromOutside)))
              changed(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = created;
    return () => created.destroy();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller's ref stays the same
  useEffect(() => {
    const view = editor.current;
    if (view && view.state.doc.toString() !== value)
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: value },
        annotations: fromOutside.of(true),
      });
  }, [value]);
  return holder;
}
