/**
 * What a page's button got back: what it asked for, or why not, in words for the person. `code` is stable, for
 * programs.
 */
export type ActionResult<Value = void> =
  | { kind: "ok"; value: Value }
  | { kind: "refused"; code: string; message: string; problems: ReadonlyArray<{ field: string; message: string }> };
