import { readFileSync } from "node:fs";

/**
 * Text that names one process and no other that later gets the same number: number, start time and boot. Null when no
 * such process lives; a zombie, which only waits to be noticed, does not. Without /proc it is the number alone.
 */
export function markProcess(pid: number): string | null {
  if (!exists(pid)) return null;
  if (process.platform !== "linux") return String(pid);
  const stat = readStat(pid);
  if (stat === null || stat.state === "Z" || stat.state === "X") return null;
  return `${pid} ${stat.startTicks} ${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}`;
}

/** Name, state letter and start time of a process, from /proc; null where there is none. */
export function readStat(pid: number): { name: string; state: string; startTicks: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in brackets and may hold any character, brackets too.
    const end = stat.lastIndexOf(")");
    const fields = stat.slice(end + 2).split(" ");
    return { name: stat.slice(stat.indexOf("(") + 1, end), state: fields[0] ?? "", startTicks: fields[19] ?? "" };
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
