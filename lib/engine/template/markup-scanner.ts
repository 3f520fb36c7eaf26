import type { MarkupLanguage } from "#lib/core/content-type.ts";

/**
 * Where in a document something stands. `tag`: among the names of a tag; `unquoted`: an attribute's value without
 * quotation marks; `raw`: in HTML's script and style, where references mean nothing.
 */
export type MarkupSpot =
  | "text"
  | "double-quoted"
  | "single-quoted"
  | "tag"
  | "unquoted"
  | "comment"
  | "cdata"
  | "instruction"
  | "declaration"
  | "raw";

/** Reads a document piece by piece and knows where what comes next would stand. It judges nothing: any text goes. */
export class MarkupScanner {
  spot: MarkupSpot = "text";
  readonly #language: MarkupLanguage;
  #tagName: string | null = null;
  /** Right behind `=`: a quotation mark may still follow. */
  #valueBegins = false;
  #rawEnd = "";

  constructor(language: MarkupLanguage) {
    this.#language = language;
  }

  /** Takes in the next piece of the document's own text. */
  read(text: string): void {
    let at = 0;
    while (at < text.length) at += this.#step(text, at);
  }

  /** Takes note that a value stands here. */
  passValue(): void {
    this.#valueBegins = false;
    this.#tagName = null;
  }

  /** How many characters were taken. */
  #step(text: string, at: number): number {
    switch (this.spot) {
      case "text":
        return this.#inText(text, at);
      case "comment":
        return this.#until("-->", text, at);
      case "cdata":
        return this.#until("]]>", text, at);
      case "instruction":
        return this.#until("?>", text, at);
      case "declaration":
        return this.#until(">", text, at);
      case "double-quoted":
        if (text[at] === '"') this.spot = "tag";
        return 1;
      case "single-quoted":
        if (text[at] === "'") this.spot = "tag";
        return 1;
      case "raw":
        if (text.slice(at, at + this.#rawEnd.length).toLowerCase() !== this.#rawEnd) return 1;
        return this.#enterTag(2);
      case "tag":
      case "unquoted":
        return this.#inTag(text.charAt(at));
    }
  }

  #inText(text: string, at: number): number {
    if (text[at] !== "<") return 1;
    if (text.startsWith("<!--", at)) return this.#enter("comment", 4);
    if (text.startsWith("<![CDATA[", at)) return this.#enter("cdata", 9);
    if (text.startsWith("<!", at)) return this.#enter("declaration", 2);
    if (text.startsWith("<?", at)) return this.#enter("instruction", 2);
    // In HTML a "<" before a space or digit is text.
    const next = text.charAt(at + 1);
    if (this.#language === "html" && next !== "" && !/[a-z/]/i.test(next)) return 1;
    return this.#enterTag(1);
  }

  #inTag(char: string): number {
    const begins = this.#valueBegins;
    const isSpace = /\s/.test(char);
    if (begins && isSpace) return 1;
    this.#valueBegins = false;
    if (char === ">") this.#leaveTag();
    else if ((char === '"' || char === "'") && (begins || this.spot === "tag"))
      this.spot = char === '"' ? "double-quoted" : "single-quoted";
    else if (this.spot === "unquoted") {
      if (isSpace) this.spot = "tag";
    } else if (char === "=") {
      this.spot = "unquoted";
      this.#valueBegins = true;
      this.#tagName = this.#tagName === null ? null : `${this.#tagName} `;
    } else if (this.#tagName !== null) this.#tagName += char;
    return 1;
  }

  #leaveTag(): void {
    const name = /^(script|style)(?=[\s/]|$)/i.exec(this.#tagName ?? "")?.[1]?.toLowerCase();
    this.#tagName = null;
    this.spot = this.#language === "html" && name !== undefined ? "raw" : "text";
    this.#rawEnd = `</${name ?? ""}`;
  }

  #enterTag(length: number): number {
    this.#tagName = this.spot === "raw" ? "/" : "";
    this.#valueBegins = false;
    return this.#enter("tag", length);
  }

  #enter(spot: MarkupSpot, length: number): number {
    this.spot = spot;
    return length;
  }

  #until(end: string, text: string, at: number): number {
    if (!text.startsWith(end, at)) return 1;
    this.spot = "text";
    return end.length;
  }
}
