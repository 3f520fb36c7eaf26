import { readdirSync, readFileSync } from "node:fs";
import { pool } from "#lib/db/pool.ts";

/** Milliseconds of processor time a process and all its descendants have used, ended ones not counted. */
export function cpuMsOf(pid: number): number {
  const parents = new Map<number, { parent: number; ms: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    if (stat === null) continue;
    // Fields after the name in brackets: state, parent, …; 14 and 15 are user and system time in 1/100 s.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    parents.set(Number(name), { parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * 10 });
  }
  let total = 0;
  for (const [candidate, { ms }] of parents) if (descends(candidate, pid, parents)) total += ms;
  return total;
}

/** The process id of the postmaster behind this process' pool; 0 when it cannot be told. */
export async function findPostmaster(): Promise<number> {
  const { rows } = await pool().query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return parentOf(rows[0]?.pid ?? 0) ?? 0;
}

function parentOf(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function descends(pid: number, ancestor: number, parents: ReadonlyMap<number, { parent: number }>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)?.parent)
    if (at === ancestor) return true;
  return false;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
