import { type Encoded, encode } from "./encode.ts";
import { encodeFilled, type Filled, type Piece, type Rendered, type RenderWarning, refuse } from "./render-pieces.ts";

type Part = "start" | "after-base" | "host" | "path" | "query" | "fragment";

/** One parameter of the query while it is built: several texts when a list repeats it. */
type Parameter = { name: string; values: string[] | null; inValue: boolean; leftOut: boolean };

/**
 * Renders a URL. A value at the very start is a base address, used as it is after a check; later ones are encoded for
 * the part they stand in: host (letters, digits, dots and hyphens only), path, query, fragment. A blank in host or path
 * and a path part that comes out as `.` or `..` are refused, because the call would go somewhere else.
 */
export function renderUrl(pieces: readonly Piece[]): Rendered {
  const [sole] = pieces;
  const warnings: RenderWarning[] = [];
  if (pieces.length === 1 && sole !== undefined && typeof sole !== "string") {
    const encoded = encodeFilled("wholeUrl", sole, true);
    if (encoded.kind === "refused") return refuse(sole, encoded);
    return encoded.kind === "text"
      ? { kind: "rendered", value: encoded.text, warnings }
      : { kind: "left-out", warnings };
  }

  const builder = new UrlText();
  let lastFilled: Filled | null = null;
  for (const piece of pieces) {
    if (typeof piece === "string") {
      builder.addLiteral(piece);
      continue;
    }
    lastFilled = piece;
    const refused = builder.addValue(piece);
    if (refused !== null) return refuse(piece, refused);
  }
  const text = builder.finish();
  const check = encode("wholeUrl", { kind: "value", value: text }, true);
  const whole: Filled | null = lastFilled;
  if (check.kind === "refused") {
    if (whole !== null) return refuse(whole, check);
    return {
      kind: "refused",
      refusal: { code: check.code, message: check.message, source: text, position: 0, came: text.slice(0, 60) },
    };
  }
  if (builder.hasDotPart && whole !== null) {
    return refuse(whole, {
      kind: "refused",
      code: "bad-character",
      message: "A part of the path may not be . or .. because servers read it as a step up.",
    });
  }
  return { kind: "rendered", value: text, warnings };
}

/** Writes a URL piece by piece and knows which part of it comes next. */
class UrlText {
  hasDotPart = false;
  private afterBase = false;
  private text = "";
  private part: Part = "start";
  private parameters: Parameter[] = [];
  private afterQuery = "";

  addLiteral(literal: string): void {
    // A base address may end in the slash that the literal text begins with.
    const doubled = this.afterBase && this.text.endsWith("/") && literal.startsWith("/");
    this.afterBase = false;
    const own = doubled ? literal.slice(1) : literal;
    // Space before an address means nothing; before a value it must not become a part of it.
    for (const char of this.text === "" && this.part === "start" ? own.trimStart() : own) this.addChar(char);
  }

  addValue(filled: Filled): Extract<Encoded, { kind: "refused" }> | null {
    switch (this.part) {
      case "start":
        return this.addBase(filled);
      case "after-base":
        return { kind: "refused", code: "not-a-url", message: "Put a / between the base address and this value." };
      case "host":
        return this.addHost(filled);
      case "path":
        return this.addEncoded(filled, "urlPath");
      case "query":
        return this.addToQuery(filled);
      case "fragment":
        return this.addEncoded(filled, "urlQuery");
    }
  }

  finish(): string {
    const path = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(this.text)?.[1] ?? "";
    this.hasDotPart = path.split("/").some((part) => /^(\.|%2e){1,2}$/i.test(part));
    const query = this.parameters
      .filter((parameter) => !parameter.leftOut)
      .flatMap(({ name, values }) => (values === null ? [name] : values.map((value) => `${name}=${value}`)))
      .join("&");
    const mark = this.parameters.length > 0 && query !== "" ? "?" : "";
    return this.text + mark + query + this.afterQuery;
  }

  private addChar(char: string): void {
    if (this.part === "fragment") {
      this.afterQuery += char;
      return;
    }
    if (char === "#") {
      this.part = "fragment";
      this.afterQuery += char;
      return;
    }
    if (this.part === "query") return this.addQueryChar(char);
    if (char === "?") {
      this.part = "query";
      this.newParameter();
      return;
    }
    this.text += char;
    if (this.part === "start" && this.text.endsWith("://")) this.part = "host";
    else if ((this.part === "host" || this.part === "after-base") && char === "/") this.part = "path";
  }

  private addQueryChar(char: string): void {
    const parameter = this.current();
    if (char === "&") this.newParameter();
    else if (char === "=" && !parameter.inValue) {
      parameter.inValue = true;
      parameter.values = [""];
    } else if (parameter.inValue) parameter.values = (parameter.values ?? [""]).map((value) => value + char);
    else parameter.name += char;
  }

  private addBase(filled: Filled): Extract<Encoded, { kind: "refused" }> | null {
    if (this.text !== "") {
      return {
        kind: "refused",
        code: "not-a-url",
        message: "The value is in the scheme (http:// or https://) of the URL.",
      };
    }
    const encoded = encodeFilled("wholeUrl", filled, true);
    if (encoded.kind !== "text") return encoded.kind === "refused" ? encoded : null;
    if (/[?#]/.test(encoded.text)) {
      return {
        kind: "refused",
        code: "not-a-url",
        message: "A base address that is continued may not have a query (?) or fragment (#).",
      };
    }
    this.text = encoded.text;
    this.afterBase = true;
    this.part = encoded.text.endsWith("/") ? "path" : "after-base";
    return null;
  }

  private addHost(filled: Filled): Extract<Encoded, { kind: "refused" }> | null {
    const encoded = encodeFilled("urlPath", filled, true);
    if (encoded.kind !== "text") return encoded.kind === "refused" ? encoded : null;
    const text = decodeURIComponent(encoded.text);
    if (
      !/^[\p{L}\p{N}]([\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?$/u.test(text) ||
      text.includes("..") ||
      text.normalize("NFKC") !== text
    ) {
      return {
        kind: "refused",
        code: "bad-character",
        message: "The value is in the host name and may hold only letters, digits, dots and hyphens.",
      };
    }
    this.text += text;
    return null;
  }

  private addEncoded(filled: Filled, place: "urlPath" | "urlQuery"): Extract<Encoded, { kind: "refused" }> | null {
    const encoded = encodeFilled(place, filled, place === "urlPath");
    if (encoded.kind === "refused") return encoded;
    if (encoded.kind === "text") {
      if (this.part === "fragment") this.afterQuery += encoded.text;
      else this.text += encoded.text;
    }
    return null;
  }

  private addToQuery(filled: Filled): Extract<Encoded, { kind: "refused" }> | null {
    const parameter = this.current();
    const encoded = encodeFilled("urlQuery", filled, false);
    if (encoded.kind === "refused") return encoded;
    if (encoded.kind === "left-out") parameter.leftOut = true;
    else if (encoded.kind === "text" && parameter.inValue)
      parameter.values = (parameter.values ?? [""]).map((value) => value + encoded.text);
    else if (encoded.kind === "text") parameter.name += encoded.text;
    else if (encoded.kind === "texts") {
      const before = parameter.values ?? [];
      if (!parameter.inValue || before.length !== 1) {
        return {
          kind: "refused",
          code: "not-text",
          message: "A list can only be the value of one query parameter.",
        };
      }
      parameter.values = encoded.texts.map((text) => (before[0] ?? "") + text);
    }
    return null;
  }

  private current(): Parameter {
    return this.parameters.at(-1) ?? this.newParameter();
  }

  private newParameter(): Parameter {
    const parameter: Parameter = { name: "", values: null, inValue: false, leftOut: false };
    this.parameters.push(parameter);
    return parameter;
  }
}
