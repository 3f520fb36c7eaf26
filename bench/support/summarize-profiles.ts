import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  timeDeltas: number[];
};

/** One place where time was spent, and its share of all time that was not idle, 0 to 1. */
export type ProfileShare = { place: string; share: number };

/**
 * Where the CPU went in the V8 profiles of a folder (`--cpu-prof --cpu-prof-dir`), by own time, largest first.
 * Functions of one package or of one folder of ours are one place; "(garbage collector)" and "(program)", native work,
 * are V8's.
 */
export function summarizeProfiles(folder: string, most = 12): ProfileShare[] {
  const spent = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Profile;
    const places = new Map(nodes.map((node) => [node.id, placeOf(node.callFrame)]));
    for (const [index, sample] of samples.entries()) {
      const place = places.get(sample) ?? "(unknown)";
      spent.set(place, (spent.get(place) ?? 0) + (timeDeltas[index] ?? 0));
    }
  }
  spent.delete("(idle)");
  const all = [...spent.values()].reduce((sum, one) => sum + one, 0);
  return [...spent]
    .map(([place, time]) => ({ place, share: time / all }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, most);
}

/** A profile's lines for the terminal. */
export function printProfile(title: string, shares: readonly ProfileShare[]): void {
  console.log(`  ${title}`);
  for (const { place, share } of shares) console.log(`    ${(share * 100).toFixed(1).padStart(5)} %  ${place}`);
}

function placeOf({ functionName, url }: { functionName: string; url: string }): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  if (name.startsWith("(") && url === "") return name;
  const packaged = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (packaged !== undefined) return packaged;
  if (url.startsWith("node:")) return `${url.split("/").slice(0, 2).join("/")} ${name}`;
  const own = url.indexOf("/lib/") >= 0 ? url.slice(url.indexOf("/lib/") + 1) : path.basename(url);
  return url === "" ? `native ${name}` : `${own} ${name}`;
}
