import type { EndpointSettingsView } from "#lib/views/endpoint-views.ts";

/** Somebody's unsaved settings over newer saved ones: each field that they had not touched takes the newer value. */
export function rebaseSettings(
  mine: EndpointSettingsView,
  base: EndpointSettingsView,
  newer: EndpointSettingsView,
): EndpointSettingsView {
  const fields = Object.keys(newer) as Array<keyof EndpointSettingsView>;
  const touched = fields.filter((field) => JSON.stringify(mine[field]) !== JSON.stringify(base[field]));
  return { ...newer, ...Object.fromEntries(touched.map((field) => [field, mine[field]])) };
}
