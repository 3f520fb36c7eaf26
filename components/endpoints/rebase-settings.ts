import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";

/** Somebody's unsaved settings over newer saved ones: each field that they had not touched takes the newer value. */
export function rebaseSettings(
  mine: EndpointSettings,
  base: EndpointSettings,
  newer: EndpointSettings,
): EndpointSettings {
  const fields = Object.keys(newer) as Array<keyof EndpointSettings>;
  const touched = fields.filter((field) => JSON.stringify(mine[field]) !== JSON.stringify(base[field]));
  return { ...newer, ...Object.fromEntries(touched.map((field) => [field, mine[field]])) };
}
