import { type EditorState, type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap, WidgetType } from "@codemirror/view";
import { chipLook } from "#components/builder/editor/chip-look.ts";
import type { ExpressionResult } from "#lib/engine/edit/preview-types.ts";
import { parseTemplate } from "#lib/engine/template/parse-template.ts";

/** What each expression of the field came to, by its source. */
export type ChipResults = ReadonlyMap<string, ExpressionResult>;

/** Gives the chips their present values. */
export const setChipResults = StateEffect.define<ChipResults>();
const openChip = StateEffect.define<number | null>();

type Chips = { results: ChipResults; openAt: number | null; decorations: DecorationSet };

/**
 * Draws every {{ … }} as a chip with its present value. The text stays what it is: a chip is one character for the
 * cursor, Backspace selects it before it deletes, Enter or a double click shows its text until the cursor leaves.
 */
export function chips(): Extension {
  const field = StateField.define<Chips>({
    create: (state) => draw(state, new Map(), null),
    update(value, transaction) {
      let { results, openAt } = value;
      if (openAt !== null && transaction.docChanged) openAt = transaction.changes.mapPos(openAt, -1);
      for (const effect of transaction.effects) {
        if (effect.is(setChipResults)) results = effect.value;
        if (effect.is(openChip)) openAt = effect.value;
      }
      if (openAt !== null && !isInside(transaction.state, openAt)) openAt = null;
      const same = results === value.results && openAt === value.openAt && !transaction.docChanged;
      return same ? value : draw(transaction.state, results, openAt);
    },
    provide: (self) => [
      EditorView.decorations.from(self, (chips) => chips.decorations),
      EditorView.atomicRanges.of((view) => view.state.field(self).decorations),
    ],
  });
  const open = (view: EditorView, from: number, to: number) => {
    view.dispatch({ effects: openChip.of(from), selection: { anchor: to - 2 } });
    view.focus();
  };
  const chipAt = (view: EditorView, position: number, side: "ends" | "starts") => {
    let found: { from: number; to: number } | null = null;
    view.state.field(field).decorations.between(position, position, (from, to) => {
      if (side === "ends" ? to === position : from === position) found = { from, to };
    });
    return found as { from: number; to: number } | null;
  };
  return [
    field,
    EditorView.domEventHandlers({
      dblclick(event, view) {
        const chip = event.target instanceof Element ? event.target.closest("[data-chip]") : null;
        if (!chip) return false;
        const from = view.posAtDOM(chip);
        const range = chipAt(view, from, "starts");
        if (range) open(view, range.from, range.to);
        return Boolean(range);
      },
    }),
    keymap.of([
      {
        key: "Backspace",
        run(view) {
          const { main } = view.state.selection;
          const chip = main.empty ? chipAt(view, main.head, "ends") : null;
          if (chip) view.dispatch({ selection: { anchor: chip.from, head: chip.to } });
          return chip !== null;
        },
      },
      {
        key: "Enter",
        run(view) {
          const { main } = view.state.selection;
          const chip = main.empty ? chipAt(view, main.head, "ends") : chipAt(view, main.from, "starts");
          const whole = chip !== null && (main.empty || (main.from === chip.from && main.to === chip.to));
          if (chip && whole && !main.empty) open(view, chip.from, chip.to);
          return chip !== null && whole && !main.empty;
        },
      },
    ]),
  ];
}

function isInside(state: EditorState, openAt: number): boolean {
  const segment = expressionsOf(state).find((one) => one.start === openAt);
  const { from, to } = state.selection.main;
  return (
    segment !== undefined &&
    from >= segment.start &&
    to <= segment.end &&
    !(from === segment.end && to === segment.end && from !== to)
  );
}

function expressionsOf(state: EditorState) {
  const parsed = parseTemplate(state.doc.toString());
  return parsed.kind === "error" ? [] : parsed.segments.filter((segment) => segment.kind === "expression");
}

function draw(state: EditorState, results: ChipResults, openAt: number | null): Chips {
  const ranges: Range<Decoration>[] = expressionsOf(state).flatMap((segment) =>
    segment.start === openAt
      ? []
      : [
          Decoration.replace({ widget: new Chip(segment.source, results.get(segment.source) ?? null) }).range(
            segment.start,
            segment.end,
          ),
        ],
  );
  return { results, openAt, decorations: Decoration.set(ranges) };
}

class Chip extends WidgetType {
  readonly source: string;
  readonly result: ExpressionResult | null;
  constructor(source: string, result: ExpressionResult | null) {
    super();
    this.source = source;
    this.result = result;
  }
  override eq(other: Chip): boolean {
    return other.source === this.source && JSON.stringify(other.result) === JSON.stringify(this.result);
  }
  override toDOM(): HTMLElement {
    const look = chipLook(this.source, this.result);
    const chip = document.createElement("span");
    chip.dataset.chip = look.state;
    chip.title = look.title;
    const name = document.createElement("span");
    name.dataset.chipName = "";
    name.textContent = look.label;
    chip.append(name);
    if (look.value !== null) {
      const value = document.createElement("span");
      value.dataset.chipValue = "";
      value.textContent = look.value;
      chip.append(value);
    }
    chip.setAttribute("aria-label", look.title);
    return chip;
  }
  override ignoreEvent(): boolean {
    return false;
  }
}
