import { SECOND } from "#lib/core/units.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { createSandbox, type Sandbox } from "./create-sandbox.ts";

type Holder = { sandbox: Sandbox | null; replacedAtMs: number };

const REPLACE_EVERY_MS = 10 * SECOND;

const holder = () => singleton<Holder>("sandbox", () => ({ sandbox: null, replacedAtMs: Number.NEGATIVE_INFINITY }));

/** The sandbox of this process, started on first use and shared by everything in it. */
export function getSandbox(): Sandbox {
  const shared = holder();
  shared.sandbox ??= createSandbox({ children: env().sandboxProcesses });
  return shared.sandbox;
}

/**
 * Gives up a sandbox whose processes did not start (the machine had no memory or no room for them): the next
 * `getSandbox` tries anew. At most every 10 s, because everybody who was refused asks for it.
 */
export function replaceSandbox(): void {
  const shared = holder();
  const nowMs = performance.now();
  if (nowMs - shared.replacedAtMs < REPLACE_EVERY_MS) return;
  shared.replacedAtMs = nowMs;
  const broken = shared.sandbox;
  shared.sandbox = null;
  void broken?.close();
}

/** Ends the children of this process, when there are any; a later `getSandbox` starts new ones. */
export async function closeSandbox(): Promise<void> {
  const shared = holder();
  const sandbox = shared.sandbox;
  shared.sandbox = null;
  await sandbox?.close();
}
