import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../say.ts";

const TIMEOUT_MS = 120_000;

/** Waits until the web server answers on this machine; ends quietly when `signal` aborts, throws after two minutes. */
export async function waitUntilReady(host: string | undefined, port: number, signal: AbortSignal): Promise<void> {
  const name = host === undefined || host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const url = `http://${name.includes(":") ? `[${name}]` : name}:${port}/healthz`;
  const began = performance.now();
  let told = false;
  while (!signal.aborted) {
    if (await answers(url)) return;
    const waitedMs = performance.now() - began;
    if (waitedMs > TIMEOUT_MS) throw new Error(`The web server did not answer within ${TIMEOUT_MS / 1000} s.`);
    if (waitedMs > 15_000 && !told) say("still waiting for the web server …");
    told ||= waitedMs > 15_000;
    await sleep(100);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
