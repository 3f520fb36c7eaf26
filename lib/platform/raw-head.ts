import { doorKey } from "#lib/platform/door-key.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** A request's head exactly as it came over the wire, and who sent it. `headers` are names and values in turn. */
export type RawHead = {
  readonly target: string;
  readonly headers: readonly string[];
  readonly ip: string | null;
  readonly through: string | null;
  readonly https: boolean;
  readonly requestId: string;
};

/** The header it travels in, inside this process only: Next hands headers on, and writes target and names anew. */
export const RAW_HEAD_HEADER = "x-hookline-raw-head";

/** A raw head as the text of that header. */
export function writeRawHead(head: RawHead): string {
  return `${doorKey()} ${JSON.stringify(head)}`;
}

/** The raw head a request carries, or null; one that a sender wrote lacks the key of this process and is not read. */
export function readRawHead(headers: Headers): RawHead | null {
  const text = headers.get(RAW_HEAD_HEADER);
  const key = `${doorKey()} `;
  return text?.startsWith(key) === true ? (JSON.parse(text.slice(key.length)) as RawHead) : null;
}

/** Says that Hookline's own server stands in front of Next in this process, so that no webhook ever reaches Next. */
export function declareFrontDoor(): void {
  frontDoor().declared = true;
}

/** Whether Hookline's own server stands in front of Next in this process. */
export function hasFrontDoor(): boolean {
  return frontDoor().declared;
}

function frontDoor(): { declared: boolean } {
  return singleton("front-door", () => ({ declared: false }));
}
