/** The cookie that remembers a folded rail ("folded" or "open"). */
export const RAIL_COOKIE = "hookline.rail";
