import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

/** Reads one token of JSONata; also used inside the braces of templates. */
export function readJsonataToken(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match(/^\/\*.*?(\*\/|$)/)) return "comment";
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return "string";
  if (stream.match(/^`[^`]*`?/)) return "propertyName";
  if (stream.match(/^\$[A-Za-z_]\w*(?=\s*\()/)) return "function";
  if (stream.match(/^\$\$?\w*/)) return "variableName";
  if (stream.match(/^(?:true|false)\b/)) return "bool";
  if (stream.match(/^null\b/)) return "null";
  if (stream.match(/^(?:and|or|in|function)\b/)) return "keyword";
  if (stream.match(/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return "number";
  if (stream.match(/^[A-Za-z_]\w*/)) return "propertyName";
  if (stream.match(/^(?:~>|:=|!=|<=|>=|\.\.|\*\*|[-+*/%=<>&|^?:.@#])/)) return "operator";
  stream.next();
  return "punctuation";
}

const expression = StreamLanguage.define<null>({
  name: "jsonata",
  startState: () => null,
  token: (stream) => readJsonataToken(stream),
  tokenTable: { function: tags.function(tags.variableName), bool: tags.bool, null: tags.null },
  languageData: { closeBrackets: { brackets: ["(", "[", "{", '"'] } },
});

type TemplateState = { inside: boolean };

const template = StreamLanguage.define<TemplateState>({
  name: "jsonata-template",
  startState: () => ({ inside: false }),
  token(stream, state) {
    if (state.inside) {
      if (stream.match("}}")) {
        state.inside = false;
        return "brace";
      }
      return readJsonataToken(stream);
    }
    if (stream.match("\\{{")) return null;
    if (stream.match("{{")) {
      state.inside = true;
      return "brace";
    }
    while (!stream.eol() && !stream.match("{{", false) && !stream.match("\\{{", false)) stream.next();
    return null;
  },
  tokenTable: { function: tags.function(tags.variableName), bool: tags.bool, null: tags.null, brace: tags.brace },
});

/** The colours of all code that is edited. */
export const codeColours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--j-key)" },
  { tag: tags.string, color: "var(--j-str)" },
  { tag: tags.number, color: "var(--j-num)" },
  { tag: [tags.bool, tags.keyword], color: "var(--j-bool)" },
  { tag: tags.null, color: "var(--j-null)" },
  { tag: tags.function(tags.variableName), color: "var(--j-fn)" },
  { tag: tags.variableName, color: "var(--j-var)" },
  { tag: [tags.operator, tags.punctuation, tags.brace, tags.comment], color: "var(--j-punct)" },
]);

/** Colours for a whole expression, or for text with {{ }} in it. */
export function jsonataColours(kind: "expression" | "template") {
  return [kind === "expression" ? expression : template, syntaxHighlighting(codeColours)];
}
