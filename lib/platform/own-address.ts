import { env } from "#lib/platform/env.ts";

const slot = Symbol.for("hookline.own-port");
const slots = globalThis as { [slot]?: number };

/** Remembers the port this process's web server listens on; HOOKLINE's PORT may be 0. */
export function setOwnPort(port: number): void {
  slots[slot] = port;
}

/** Where this process reaches its own web server, whatever the public address is. */
export function ownUrl(): string {
  const { host, port } = env();
  const name = host === undefined || host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${slots[slot] ?? port}`;
}
