import { readFileSync } from "node:fs";
import { residentBytesOf } from "#lib/platform/process-usage.ts";

const EVERY_MS = 100;

/** Most resident memory of a process, and of it with its children together, in bytes, from now until `stop`. */
export function sampleMemory(pid: number): { stop(): { own: number; tree: number } } {
  const most = { own: 0, tree: 0 };
  const look = () => {
    const own = residentBytesOf(pid) ?? 0;
    most.own = Math.max(most.own, own);
    most.tree = Math.max(
      most.tree,
      own + childrenOf(pid).reduce((sum, child) => sum + (residentBytesOf(child) ?? 0), 0),
    );
  };
  const looking = setInterval(look, EVERY_MS);
  return {
    stop() {
      clearInterval(looking);
      return most;
    },
  };
}

function childrenOf(pid: number): number[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return listed === "" ? [] : listed.split(" ").map(Number);
  } catch {
    return [];
  }
}
