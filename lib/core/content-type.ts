/** XML (and XHTML, SVG …) or HTML; they differ in what may stand unquoted and in what references mean. */
export type MarkupLanguage = "xml" | "html";

/** What a content type says about how values go into a text of that type: null = they go in as they are. */
export function markupOf(contentType: string): MarkupLanguage | null {
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  if (type === "text/html") return "html";
  if (/[/+]xml$/.test(type) || /^(application|text)\/xml-/.test(type)) return "xml";
  return null;
}

/** The charset a content type names, in lower case; null when it names none. */
export function charsetOf(contentType: string): string | null {
  const found = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType);
  const name = (found?.[1] ?? found?.[2] ?? "").trim().toLowerCase();
  return name === "" ? null : name;
}
