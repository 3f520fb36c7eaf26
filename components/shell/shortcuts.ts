/** One shortcut: where it acts, its keys as drawn, what it does. */
export type Shortcut = {
  area: "Everywhere" | "Lists" | "Builder canvas" | "Builder" | "Data and JSON trees";
  keys: string;
  does: string;
};

/** All shortcuts of the product; the `?` dialog and tooltips read this table. Single keys never act inside text. */
export const SHORTCUTS: readonly Shortcut[] = [
  { area: "Everywhere", keys: "Ctrl K", does: "Search pages, flows, endpoints and commands" },
  { area: "Everywhere", keys: "?", does: "Show these shortcuts" },
  { area: "Everywhere", keys: "Esc", does: "Close what is open" },
  { area: "Lists", keys: "J", does: "Next row" },
  { area: "Lists", keys: "K", does: "Previous row" },
  { area: "Lists", keys: "Enter", does: "Open the row" },
  { area: "Lists", keys: "/", does: "Search the list" },
  { area: "Builder canvas", keys: "↑ ↓", does: "Previous and next step in run order" },
  { area: "Builder canvas", keys: "← →", does: "Between branches" },
  { area: "Builder canvas", keys: "Enter", does: "Open the step" },
  { area: "Builder canvas", keys: "/", does: "Add a step after this one" },
  { area: "Builder canvas", keys: "Shift /", does: "Add a step before this one" },
  { area: "Builder canvas", keys: "Alt ↑", does: "Move the step up" },
  { area: "Builder canvas", keys: "Alt ↓", does: "Move the step down" },
  { area: "Builder canvas", keys: "Del", does: "Delete the step" },
  { area: "Builder canvas", keys: "Ctrl D", does: "Duplicate the step" },
  { area: "Builder canvas", keys: "Ctrl C", does: "Copy the step" },
  { area: "Builder canvas", keys: "Ctrl X", does: "Cut the step" },
  { area: "Builder canvas", keys: "Ctrl V", does: "Paste after this step" },
  { area: "Builder canvas", keys: "Ctrl /", does: "Turn the step off or on" },
  { area: "Builder canvas", keys: "E", does: "Collapse or expand a branch or loop" },
  { area: "Builder canvas", keys: "+ -", does: "Zoom in and out" },
  { area: "Builder canvas", keys: "0", does: "Show the whole flow" },
  { area: "Builder canvas", keys: "1", does: "Zoom to 100 %" },
  { area: "Builder", keys: "Ctrl Z", does: "Undo" },
  { area: "Builder", keys: "Ctrl Shift Z", does: "Redo" },
  { area: "Builder", keys: "Ctrl S", does: "Save now (saving is automatic)" },
  { area: "Builder", keys: "F8", does: "Go to the next thing to fix" },
  { area: "Builder", keys: "Shift F8", does: "Go to the previous thing to fix" },
  { area: "Builder", keys: "[", does: "Newer sample event" },
  { area: "Builder", keys: "]", does: "Older sample event" },
  { area: "Builder", keys: "Ctrl Space", does: "Complete in an expression" },
  { area: "Data and JSON trees", keys: "Enter", does: "Insert the value, or open it" },
  { area: "Data and JSON trees", keys: "Shift Enter", does: "Choose how to insert" },
  { area: "Data and JSON trees", keys: "C", does: "Copy the value" },
  { area: "Data and JSON trees", keys: "P", does: "Copy the path" },
  { area: "Data and JSON trees", keys: "*", does: "Open all siblings" },
];

/** The cookie that turns single-key shortcuts off (WCAG 2.1.4); "off" or absent. */
export const SINGLE_KEYS_COOKIE = "hookline.single-keys";

/**
 * Says whether single-key shortcuts must not act on a key press: it belongs to text that is being written, or the
 * person turned them off.
 */
export function isTyping(target: EventTarget | null): boolean {
  if (document.cookie.includes(`${SINGLE_KEYS_COOKIE}=off`)) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, [role='textbox'], [role='combobox']") !== null)
  );
}
