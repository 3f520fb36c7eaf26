import { readFileSync } from "node:fs";

const PAGE_BYTES = 4096;

/** Processor time a process has used since its start, in milliseconds; null where the system does not tell. */
export function cpuMsOf(pid: number): number | null {
  // After the name in brackets: state, then 10 fields, then user and system time in hundredths of a second.
  const fields = read(pid, "stat")
    ?.replace(/^.*\) /s, "")
    .split(" ");
  return fields === undefined ? null : (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process now; null where the system does not tell. */
export function residentBytesOf(pid: number): number | null {
  const pages = read(pid, "statm")?.split(" ")[1];
  return pages === undefined ? null : Number(pages) * PAGE_BYTES;
}

function read(pid: number, name: string): string | null {
  if (process.platform !== "linux") return null;
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return null;
  }
}
