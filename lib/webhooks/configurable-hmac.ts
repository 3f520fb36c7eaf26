import type { OptionField } from "#lib/webhooks/provider-types.ts";
import type { HashAlgorithm, HmacScheme, TextEncoding, TimestampPlace } from "#lib/webhooks/scheme-types.ts";
import { templateProblem } from "#lib/webhooks/signed-template.ts";
import type { VerificationSettings } from "#lib/webhooks/types.ts";

/** The fields of the generic HMAC form; each becomes `settings.options[id]`. */
export const CONFIGURABLE_HMAC_FIELDS: readonly OptionField[] = [
  {
    id: "header",
    label: "Signature header",
    help: "The header that carries the signature, for example X-Signature.",
    kind: "text",
    defaultValue: "X-Signature",
    required: true,
  },
  {
    id: "prefix",
    label: "Prefix",
    help: "Text in front of the signature inside the header, for example sha256=.",
    kind: "text",
    required: false,
  },
  {
    id: "algorithm",
    label: "Algorithm",
    help: "The hash of the HMAC.",
    kind: "select",
    choices: ["sha256", "sha1", "sha384", "sha512"],
    defaultValue: "sha256",
    required: true,
  },
  {
    id: "encoding",
    label: "Encoding",
    help: "How the signature is written.",
    kind: "select",
    choices: ["hex", "base64", "base64url"],
    defaultValue: "hex",
    required: true,
  },
  {
    id: "template",
    label: "Signed text",
    help: "Variables: {body} {timestamp} {url} {method} {header:name} {body:path}. \\n is a line break.",
    kind: "text",
    defaultValue: "{body}",
    required: true,
  },
  {
    id: "itemSeparator",
    label: "List separator",
    help: "When the header is a list such as t=1,v1=ab: the text between items.",
    kind: "text",
    required: false,
  },
  {
    id: "field",
    label: "List item",
    help: "When the header is a list: the name of the items that are signatures, for example v1.",
    kind: "text",
    required: false,
  },
  {
    id: "timestampHeader",
    label: "Timestamp header",
    help: "The header with the signed time, when there is one.",
    kind: "text",
    required: false,
  },
  {
    id: "timestampField",
    label: "Timestamp item",
    help: "When the signature header is a list: the name of the item with the signed time, for example t.",
    kind: "text",
    required: false,
  },
  {
    id: "timestampFormat",
    label: "Timestamp format",
    help: "How the signed time is written.",
    kind: "select",
    choices: ["seconds", "milliseconds", "iso8601", "http-date"],
    defaultValue: "seconds",
    required: false,
  },
  {
    id: "toleranceSeconds",
    label: "Tolerance",
    help: "Seconds the signed time may differ from now, either way.",
    kind: "number",
    defaultValue: "300",
    required: false,
  },
  {
    id: "secretEncoding",
    label: "Secret encoding",
    help: "How the secret text becomes key bytes.",
    kind: "select",
    choices: ["utf8", "base64", "hex"],
    defaultValue: "utf8",
    required: false,
  },
  {
    id: "secretPrefix",
    label: "Secret prefix",
    help: "Text at the start of the secret that is not part of the key, for example whsec_.",
    kind: "text",
    required: false,
  },
];

const built = new WeakMap<Readonly<Record<string, string>>, ConfiguredHmac>();
const NO_OPTIONS: Readonly<Record<string, string>> = {};

/** A scheme made from the form's fields, or the sentence that says which field is wrong. */
export type ConfiguredHmac =
  | { readonly kind: "scheme"; readonly scheme: HmacScheme }
  | { readonly kind: "problem"; readonly message: string };

/** Builds the HMAC scheme a person configured; the same options object is built once. */
export function configuredHmac(schemeId: string, settings: Pick<VerificationSettings, "options">): ConfiguredHmac {
  const options = settings.options ?? NO_OPTIONS;
  const known = built.get(options);
  if (known) return known;
  const made = build(schemeId, options);
  built.set(options, made);
  return made;
}

function build(schemeId: string, options: Readonly<Record<string, string>>): ConfiguredHmac {
  const value = (id: string): string =>
    options[id] || CONFIGURABLE_HMAC_FIELDS.find((field) => field.id === id)?.defaultValue || "";
  const template = value("template").replaceAll("\\n", "\n");
  const problem = templateProblem(template);
  if (problem !== null) return { kind: "problem", message: problem };
  const header = value("header").trim().toLowerCase();
  if (!isHeaderName(header)) return { kind: "problem", message: `"${header}" is not a header name.` };
  for (const field of CONFIGURABLE_HMAC_FIELDS)
    if (field.choices && value(field.id) !== "" && !field.choices.includes(value(field.id)))
      return { kind: "problem", message: `${field.label} must be one of ${field.choices.join(", ")}.` };
  const timestamp = timestampPlace(value);
  if (timestamp.kind === "problem") return timestamp;
  if (template.includes("{timestamp}") && timestamp.place === undefined)
    return {
      kind: "problem",
      message: "The signed text contains {timestamp}: say which header or list item holds it.",
    };
  const itemSeparator = value("itemSeparator");
  const field = value("field");
  return {
    kind: "scheme",
    scheme: {
      kind: "hmac",
      id: schemeId,
      label: "Configured HMAC",
      algorithm: value("algorithm") as HashAlgorithm,
      encoding: value("encoding") as TextEncoding,
      signature: {
        header,
        ...(value("prefix") === "" ? {} : { prefix: value("prefix") }),
        ...(itemSeparator === "" ? {} : { itemSeparator, trimItems: true }),
        ...(field === "" ? {} : { field, fieldSeparator: "=" }),
      },
      ...(timestamp.place === undefined ? {} : { timestamp: timestamp.place }),
      template,
      key: {
        decode: value("secretEncoding") as "utf8" | "base64" | "hex",
        ...(value("secretPrefix") === "" ? {} : { stripPrefixes: [value("secretPrefix")] }),
      },
    },
  };
}

type TimestampChoice =
  | { readonly kind: "place"; readonly place: TimestampPlace | undefined }
  | { readonly kind: "problem"; readonly message: string };

function timestampPlace(value: (id: string) => string): TimestampChoice {
  const header = value("timestampHeader").trim().toLowerCase();
  const field = value("timestampField").trim();
  if (header === "" && field === "") return { kind: "place", place: undefined };
  if (header !== "" && !isHeaderName(header)) return { kind: "problem", message: `"${header}" is not a header name.` };
  if (!/^\d{1,7}$/.test(value("toleranceSeconds")))
    return { kind: "problem", message: "The tolerance must be a whole number of seconds." };
  const format = value("timestampFormat");
  return {
    kind: "place",
    place: {
      ...(header === "" ? { field } : { header }),
      format: format === "iso8601" || format === "http-date" ? format : "unix",
      unit: format === "milliseconds" ? "ms" : "s",
      toleranceSeconds: Number(value("toleranceSeconds")),
    },
  };
}

function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/.test(name);
}
