/** A piece of an element's content: a text, or the child at this place among those of its name. */
type Piece = string | { readonly name: string; readonly index: number; readonly text: string | null };

/** One element of an XML text while it is read, and the JSON value it becomes. */
export class XmlElement {
  readonly #name: string;
  readonly #attributes: Array<readonly [string, string]>;
  readonly #parent: XmlElement | null;
  readonly #keepsSpace: boolean;
  readonly #children = new Map<string, unknown[]>();
  readonly #pieces: Piece[] = [];
  #hasCdata = false;

  constructor(name: string, attributes: Readonly<Record<string, string>>, parent: XmlElement | null) {
    this.#name = name;
    this.#attributes = Object.entries(attributes);
    this.#parent = parent;
    const space = this.#attributes.find(([key]) => key === "xml:space")?.[1];
    this.#keepsSpace = space === undefined ? parent !== null && parent.#keepsSpace : space === "preserve";
  }

  addText(text: string): void {
    const last = this.#pieces.length - 1;
    const before = this.#pieces[last];
    if (typeof before === "string") this.#pieces[last] = before + text;
    else this.#pieces.push(text);
  }

  addCdata(text: string): void {
    if (text !== "") this.#hasCdata = true;
    this.addText(text);
  }

  /** Hands the finished value to the element around it. */
  close(): void {
    this.#parent?.addChild(this.#name, this.value(), this.#children.size === 0 ? this.text() : null);
  }

  addChild(name: string, value: unknown, text: string | null): void {
    const known = this.#children.get(name) ?? [];
    this.#children.set(name, known);
    this.#pieces.push({ name, index: known.length, text });
    known.push(value);
  }

  /** The element's own text, the one of its children left out. */
  text(): string {
    return this.#pieces.filter((piece) => typeof piece === "string").join("");
  }

  /** A text where there is nothing else; XML's own space (XML 1.0, 2.3) that only sets children apart is left out. */
  value(): unknown {
    const text = this.text();
    if (this.#children.size === 0 && this.#attributes.length === 0) return text;
    const members: Array<readonly [string, unknown]> = this.#attributes.map(([name, value]) => [`@${name}`, value]);
    for (const [name, values] of this.#children) members.push([name, values.length === 1 ? values[0] : values]);
    const counts = this.#children.size === 0 || this.#hasCdata || this.#keepsSpace || !/^[ \t\r\n]*$/.test(text);
    if (counts && text !== "") members.push(["#text", text]);
    if (counts && text !== "" && this.#children.size > 0) members.push(["#content", this.#pieces]);
    // fromEntries defines own members, also for names such as __proto__.
    return Object.fromEntries(members);
  }

  /** The value of a whole document: an object with its one root. */
  asRoot(): Record<string, unknown> {
    return Object.fromEntries([[this.#name, this.value()]]);
  }
}
