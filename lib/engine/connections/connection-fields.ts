import { z } from "zod";

const HOST = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^[0-9a-f:.]+$/i;

/** Hosts an HTTP credential may be sent to; empty means any. */
export const allowedHosts = z
  .array(z.string().trim().toLowerCase().max(255).regex(HOST, "Write host names such as api.acme.dev or *.acme.dev."))
  .max(50)
  .default([])
  .meta({
    hookline: {
      place: "plain",
      label: "Only send to these hosts",
      help: "One per line, *.acme.dev for subdomains. Empty: any host a step calls.",
      placeholder: "api.acme.dev",
    },
  });

/** A secret of one line: what a header or a login can carry. */
export function secretText(meta: { label: string; help?: string; placeholder?: string }) {
  return z
    .string()
    .min(1, `${meta.label} is needed.`)
    .max(16_384, `${meta.label} has at most 16,384 characters.`)
    .regex(/^[^\r\n\0]*$/, `${meta.label} holds a line break.`)
    .meta({ hookline: { ...meta, place: "plain" } });
}

/** Says whether a credential may go to a host under its list of allowed hosts. */
export function mayGoTo(hosts: readonly string[], host: string): boolean {
  if (hosts.length === 0) return true;
  return hosts.some((entry) => (entry.startsWith("*.") ? host.endsWith(entry.slice(1)) : entry === host));
}
