import { LARGE_BODY_BYTES } from "#lib/core/size-limits.ts";
import type { PlanResult } from "#lib/engine/action.ts";
import { fitCharset } from "./fit-charset.ts";

/** A body as the person chose it, with its templates filled in. */
export type ChosenBody =
  | { kind: "none" }
  | { kind: "json"; json: string }
  | { kind: "form"; fields: readonly { name: string; value: string }[] }
  | { kind: "text"; text: string; contentType: string }
  | { kind: "html"; html: string };

/** A body ready to be sent: its text, the content type it has unless a header says another, and its character set. */
export type WrittenBody =
  | { kind: "written"; text: string; contentType: string; charset: string | null }
  | { kind: "none" }
  | Extract<PlanResult, { kind: "refused" }>;

/** Writes a chosen body. `contentTypeHeader`: a content type given as a header of its own, which wins; null = none. */
export function writeBody(body: ChosenBody, contentTypeHeader: string | null): WrittenBody {
  switch (body.kind) {
    case "none":
      return { kind: "none" };
    case "json":
      // A large one comes from a template, which is JSON wherever values are filled in; parsing it again costs memory.
      if (body.json.length <= LARGE_BODY_BYTES && !isJson(body.json))
        return refused("bad-json", "body.json", "The body is not valid JSON.");
      return fitted(body.json, "application/json", contentTypeHeader, "body.json");
    case "form": {
      const rows = body.fields.filter(({ name }) => name !== "");
      if (!rows.every(({ name, value }) => name.isWellFormed() && value.isWellFormed()))
        return refused("bad-character", "body.fields", "A form field contains half of a character pair.");
      const text = new URLSearchParams(rows.map(({ name, value }) => [name, value])).toString();
      return { kind: "written", text, contentType: "application/x-www-form-urlencoded", charset: null };
    }
    case "html":
      return fitted(body.html, "text/html; charset=utf-8", contentTypeHeader, "body.html");
    case "text":
      return fitted(body.text, body.contentType, contentTypeHeader, "body.text");
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function fitted(text: string, contentType: string, header: string | null, field: string): WrittenBody {
  const fit = fitCharset(text, header ?? contentType);
  if (fit.kind === "refused") return refused("bad-character", field, fit.message);
  return { kind: "written", text: fit.text, contentType, charset: fit.charset };
}

function refused(code: string, field: string, message: string): Extract<PlanResult, { kind: "refused" }> {
  return { kind: "refused", code, field, message };
}
