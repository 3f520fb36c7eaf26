import { markupOf } from "#lib/core/content-type.ts";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import type { FieldMeta, FieldPlace } from "#lib/engine/action.ts";

type Path = readonly (string | number)[];

/** Headers whose value is an address. */
const ADDRESS_HEADERS: ReadonlySet<string> = new Set(["location", "content-location"]);

/**
 * The place of a field, also where it depends on another field of the same input: a text's on the content type it is
 * sent with (a Content-Type among the headers wins), a header's on its name. `textAt` gives what a field comes to, as
 * far as that is known; null where it is no text.
 */
export function placeOfField(
  meta: FieldMeta,
  path: Path,
  input: Json,
  textAt: (path: Path) => string | null,
): FieldPlace {
  switch (meta.placeBy) {
    case undefined:
      return meta.place;
    case "content type": {
      const own = textAt([...path.slice(0, -1), "contentType"]);
      return markupOf(contentTypeHeader(input, textAt) ?? own ?? "") ?? meta.place;
    }
    case "header name": {
      const name = textAt([...path.slice(0, -1), "name"]);
      return name !== null && ADDRESS_HEADERS.has(name.trim().toLowerCase()) ? "url" : meta.place;
    }
  }
}

/** The content type given as a header of its own among an input's header rows. */
function contentTypeHeader(input: Json, textAt: (path: Path) => string | null): string | null {
  const rows = isJsonObject(input) && Array.isArray(input["headers"]) ? input["headers"] : [];
  for (const index of rows.keys())
    if (textAt(["headers", index, "name"])?.trim().toLowerCase() === "content-type")
      return textAt(["headers", index, "value"]);
  return null;
}
