/** A path into a body as it is stored, or why a text is none, as the end of a sentence about it. */
export type BodyPathReading =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "bad"; readonly why: string };

/**
 * Reads a path as people write it: with dots (`events.0.id`), or as in JSONata (`events[0].id`, `$.events`,
 * `` `odd name`.id ``, `"odd name".id`, `'odd name'.id`), also as in a mapping (`trigger.body.id`; a body that holds
 * these two names itself has the first in quotes). It is stored with dots, and a name that holds a dot, a
 * bracket or a quote that would be read as one stands in backquotes, each backquote in it twice. "" and `$` are the
 * body itself.
 */
export function readBodyPath(text: string): BodyPathReading {
  const parts: string[] = [];
  let rest = text.trim();
  if (/^\$\$?(?=$|[.[])/.test(rest)) rest = rest.replace(/^\$\$?\.?/, "");
  rest = rest.replace(/^trigger\.body(?:\.(?=.)|(?=$|\[))/, "");
  let first = true;
  while (rest !== "") {
    const index = /^\[\s*(\d+)\s*\]/.exec(rest);
    if (index !== null) parts.push((index[1] ?? "").replace(/^0+(?=\d)/, ""));
    else if (rest.startsWith("[")) return bad(`${shown(rest)} is not a place in a list: write a number, like [0]`);
    else {
      if (!first) {
        if (!rest.startsWith(".")) return bad(`a dot is missing before ${shown(rest)}`);
        rest = rest.slice(1);
      }
      const inQuotes = /^`((?:[^`]|``)+)`(?!`)|^(["'])((?:(?!\2)[^\\]|\\.)+)\2/.exec(rest);
      const name = inQuotes === null ? /^[^.[\]`"]+/.exec(rest) : null;
      if (inQuotes !== null) parts.push(inQuotes[1]?.replaceAll("``", "`") ?? unescaped(inQuotes[3] ?? ""));
      else if (name !== null) parts.push(name[0].trim());
      else return bad(rest === "" ? "it ends with a dot" : `a name is missing before ${shown(rest)}`);
      rest = rest.slice((inQuotes ?? name)?.[0].length ?? 0);
      first = false;
      continue;
    }
    rest = rest.slice(index[0].length);
    first = false;
  }
  return parts.includes("") ? bad("a name in it is empty") : { kind: "path", path: joinPath(parts) };
}

/** A stored path of these names and list places. */
export function joinPath(parts: readonly string[]): string {
  const isLikeMapping = parts[0] === "trigger" && parts[1] === "body";
  return parts.map((part, index) => (isLikeMapping && index === 0 ? quoted(part) : quotedIfOdd(part))).join(".");
}

/** The names and list places of a stored path, in their order; none for the body itself. */
export function pathParts(path: string): readonly string[] {
  if (path === "") return [];
  if (!path.includes("`")) return path.split(".");
  const parts: string[] = [];
  // A backquote that opens nothing is a part of its name.
  for (const found of path.matchAll(/(?:^|\.)(?:`((?:[^`]|``)+)`(?=\.|$)|([^.]*))/g))
    parts.push(found[1]?.replaceAll("``", "`") ?? found[2] ?? "");
  return parts;
}

function quotedIfOdd(part: string): string {
  return /[.`[\]"]|^[' ]| $/.test(part) ? quoted(part) : part;
}

function quoted(part: string): string {
  return `\`${part.replaceAll("`", "``")}\``;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}

function shown(text: string): string {
  return text.length <= 20 ? text : `${text.slice(0, 19)}…`;
}

function bad(why: string): BodyPathReading {
  return { kind: "bad", why };
}
