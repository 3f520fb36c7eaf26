import { depthMax } from "#lib/bodies/limits.ts";
import { outlineJson } from "#lib/bodies/outline-json.ts";
import { wantNothing, wantPath } from "#lib/bodies/wanted-places.ts";

/**
 * The exact texts of the elements of the list at a dot path ("data.items"; "" is the whole text), at most 10,001 of
 * them; null when the text is no JSON, and none where no list stands there.
 */
export function sliceList(json: string, path: string): string[] | null {
  const bytes = Buffer.from(json);
  const wanted = wantNothing();
  wantPath(wanted, path).ranges = true;
  const outline = outlineJson(bytes, wanted, depthMax);
  if (outline === null) return null;
  const { ranges } = outline;
  return ranges.flatMap((from, index) => (index % 2 === 0 ? [bytes.toString("utf8", from, ranges[index + 1])] : []));
}
