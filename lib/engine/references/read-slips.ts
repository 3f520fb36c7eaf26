import { losesDigits } from "#lib/core/loses-digits.ts";
import type { Reference } from "#lib/engine/references/read-references.ts";

type Node = { readonly [key: string]: unknown };

const SLIPS_MAX = 50;

/**
 * What an expression says otherwise than it is meant, whatever the event: a number with more digits than JSONata keeps,
 * and a text in brackets, which is a condition that always holds and no name. As references: `root` is what is written.
 */
export function readSlips(ast: unknown, source: string): Reference[] {
  const slips = new Map<string, Reference>();
  const seen = new Set<object>();
  const pending: unknown[] = [ast];
  while (pending.length > 0 && slips.size < SLIPS_MAX) {
    const node = pending.pop();
    if (!isNode(node) || seen.has(node)) continue;
    seen.add(node);
    if (node["type"] === "number") noteNumber(node, source, slips);
    if (node["type"] === "filter" && isNode(node["expr"]) && node["expr"]["type"] === "string")
      note("bracket-name", `[${JSON.stringify(node["expr"]["value"])}]`, positionOf(node["expr"]), slips);
    pending.push(...Object.values(node));
  }
  return [...slips.values()];
}

/** JSONata's positions stand behind a token. */
function noteNumber(node: Node, source: string, slips: Map<string, Reference>): void {
  const end = positionOf(node);
  const written = /\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.exec(source.slice(Math.max(0, end - 400), end))?.[0];
  if (written !== undefined && losesDigits(written)) note("long-number", written, end - written.length, slips);
}

function note(slip: NonNullable<Reference["slip"]>, root: string, position: number, slips: Map<string, Reference>) {
  if (!slips.has(root)) slips.set(root, { root, path: [], position, guarded: false, slip });
}

function positionOf({ position }: Node): number {
  return typeof position === "number" ? position : 0;
}

function isNode(node: unknown): node is Node {
  return typeof node === "object" && node !== null;
}
