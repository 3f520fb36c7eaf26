import { z } from "zod";

/** A secret of one line: what a header or a login can carry. */
export function secretText(meta: { label: string; help?: string; placeholder?: string }) {
  return z
    .string()
    .min(1, `${meta.label} is needed.`)
    .max(16_384, `${meta.label} has at most 16,384 characters.`)
    .regex(/^[^\r\n\0]*$/, `${meta.label} holds a line break.`)
    .meta({ hookline: { ...meta, place: "plain" } });
}
