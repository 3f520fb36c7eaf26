import { isUtf8 } from "node:buffer";
import { LRUCache } from "lru-cache";
import { mediaType, readHeader } from "#lib/webhooks/headers.ts";
import { proofText } from "#lib/webhooks/proof-text.ts";
import type { RejectReason, WebhookRequest } from "#lib/webhooks/types.ts";

type TemplatePart =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "body" | "timestamp" | "url" | "method" | "sortedFormParams" | "secret" }
  | { readonly kind: "header"; readonly name: string; readonly notContaining: string }
  | { readonly kind: "field"; readonly path: string };

/** The pieces of a signed string, ready to be fed to a digest one after the other. */
export type SignedText =
  | { readonly kind: "text"; readonly parts: ReadonlyArray<string | Uint8Array> }
  | { readonly kind: "rejected"; readonly reason: RejectReason; readonly message: string };

/** Values that a template takes from outside the request. */
export type TemplateValues = {
  readonly timestamp: string | null;
  readonly url: string | null;
  readonly secret?: string;
};

const templates = new LRUCache<string, readonly TemplatePart[]>({ max: 2_000, memoMethod: compile });

/** Fills a signed-string template; a header or field it names must be there exactly once. */
export function fillTemplate(template: string, request: WebhookRequest, values: TemplateValues): SignedText {
  const parts: Array<string | Uint8Array> = [];
  for (const part of templates.memo(template)) {
    switch (part.kind) {
      case "literal":
        parts.push(part.text);
        break;
      case "body":
        parts.push(request.body);
        break;
      case "timestamp":
        if (values.timestamp === null)
          return reject("timestamp-missing", "The request carries no timestamp, which the signature covers.");
        parts.push(values.timestamp);
        break;
      case "url":
        if (values.url === null)
          return reject(
            "setting-missing",
            "This sender signs the URL: enter the endpoint's public URL exactly as the sender has it.",
          );
        parts.push(values.url);
        break;
      case "method":
        parts.push(request.method.toUpperCase());
        break;
      case "secret":
        parts.push(values.secret ?? "");
        break;
      case "sortedFormParams": {
        const joined = sortedFormParams(request);
        if (joined === null)
          return reject(
            "body-unreadable",
            "The signature covers form fields, but the body is not application/x-www-form-urlencoded, or has " +
              "too many fields.",
          );
        parts.push(joined);
        break;
      }
      case "header": {
        const reading = readHeader(request.headers, part.name);
        if (reading.kind === "missing" || (reading.kind === "one" && reading.value === ""))
          return reject("header-missing", `The header ${part.name} is missing, which the signature covers.`);
        if (reading.kind === "repeated")
          return reject(
            "header-repeated",
            `The header ${part.name} was sent more than once, so none of its values counts.`,
          );
        if (part.notContaining !== "" && reading.value.includes(part.notContaining))
          return reject(
            "signature-malformed",
            `The header ${part.name} contains "${part.notContaining}", which would make the signed text ambiguous.`,
          );
        parts.push(reading.value);
        break;
      }
      case "field": {
        const text = proofText(request, part.path);
        if (text === null)
          return reject("field-mismatch", `The body has no field ${part.path}, which the signature covers.`);
        parts.push(text);
        break;
      }
    }
  }
  return { kind: "text", parts };
}

/** Whether a template has a variable, e.g. "url" or "timestamp". */
export function templateUses(template: string, kind: TemplatePart["kind"]): boolean {
  return templates.memo(template).some((part) => part.kind === kind);
}

/** The header names a template covers. */
export function templateHeaders(template: string): readonly string[] {
  return templates.memo(template).flatMap((part) => (part.kind === "header" ? [part.name] : []));
}

/** Checks a template that a person wrote; the message names the variable that does not exist. */
export function templateProblem(template: string): string | null {
  for (const [, name] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (
      !/^(body|timestamp|url|method|sortedFormParams|header:[!#$%&'*+.^_`|~0-9A-Za-z-]+|body:[^{}]+)$/.test(name ?? "")
    )
      return `{${name}} is not a variable of signed-text templates.`;
  }
  return templateUses(template, "body") || templateUses(template, "field") || templateUses(template, "sortedFormParams")
    ? null
    : "The template must contain {body}: a signature that does not cover the body proves nothing about it.";
}

/** More fields than any sender signs; sorting millions would hold everybody up. */
const SIGNED_FIELDS_MAX = 10_000;

/**
 * Twilio and Mandrill: fields sorted by name, name and value joined without separators; repeated values once, sorted.
 */
function sortedFormParams(request: WebhookRequest): string | null {
  if (request.body.byteLength === 0) return "";
  if (mediaType(request.headers) !== "application/x-www-form-urlencoded") return null;
  const body = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength);
  if (!isUtf8(body) || holdsMoreFields(body, SIGNED_FIELDS_MAX)) return null;
  const byName = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(body.toString("utf8"))) {
    const values = byName.get(name);
    if (values === undefined) byName.set(name, new Set([value]));
    else values.add(value);
  }
  return [...byName.keys()]
    .sort()
    .map((name) =>
      [...(byName.get(name) ?? [])]
        .sort()
        .map((value) => name + value)
        .join(""),
    )
    .join("");
}

function holdsMoreFields(body: Buffer, fieldsMax: number): boolean {
  let fields = 1;
  for (let at = body.indexOf(0x26); at >= 0 && fields <= fieldsMax; at = body.indexOf(0x26, at + 1)) fields += 1;
  return fields > fieldsMax;
}

function compile(template: string): readonly TemplatePart[] {
  const pieces = template.split(/(\{[^{}]*\})/).filter((piece) => piece !== "");
  return pieces.map((piece, index): TemplatePart => {
    const name = /^\{([^{}]*)\}$/.exec(piece)?.[1];
    if (name === undefined) return { kind: "literal", text: piece };
    if (
      name === "body" ||
      name === "timestamp" ||
      name === "url" ||
      name === "method" ||
      name === "sortedFormParams" ||
      name === "secret"
    )
      return { kind: name };
    if (name.startsWith("header:")) {
      const next = pieces[index + 1];
      return {
        kind: "header",
        name: name.slice("header:".length).toLowerCase(),
        notContaining: next && !next.startsWith("{") ? next.slice(0, 1) : "",
      };
    }
    if (name.startsWith("body:")) return { kind: "field", path: name.slice("body:".length) };
    return { kind: "literal", text: piece };
  });
}

function reject(reason: RejectReason, message: string): SignedText {
  return { kind: "rejected", reason, message };
}
