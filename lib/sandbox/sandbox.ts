import { singleton } from "#lib/platform/singleton.ts";
import { createSandbox, type Sandbox } from "./create-sandbox.ts";

type Holder = { sandbox: Sandbox | null };

const holder = () => singleton<Holder>("sandbox", () => ({ sandbox: null }));

/** The sandbox of this process, started on first use and shared by everything in it. */
export function getSandbox(): Sandbox {
  const shared = holder();
  shared.sandbox ??= createSandbox();
  return shared.sandbox;
}

/** Ends the children of this process, when there are any; a later `getSandbox` starts new ones. */
export async function closeSandbox(): Promise<void> {
  const shared = holder();
  const sandbox = shared.sandbox;
  shared.sandbox = null;
  await sandbox?.close();
}
