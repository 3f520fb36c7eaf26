import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { SeenField } from "#lib/engine/schema/schema-proposal.ts";
import type { ProviderChoice } from "#lib/views/endpoint-views.ts";

/** A field of stored bodies that can be chosen by a dot path, and in how many of them it was. */
export type PickableField = { path: string; always: boolean };

const PICKABLE_MAX = 200;

/**
 * The fields seen in stored bodies as paths that can tell events apart; where a list is split, those of its items. What
 * stands in other lists, or has a dot in its name, has no path of its own.
 */
export function pickableFields(
  seen: readonly SeenField[],
  { split }: Pick<EndpointSettings, "split">,
  { batch }: Pick<ProviderChoice, "batch">,
): PickableField[] {
  const list = split.kind === "path" ? split.path : split.kind === "preset" ? (batch?.path ?? null) : null;
  const start = list === null ? [] : [...(list === "" ? [] : list.split(".")), "[]"];
  return seen
    .filter(({ path }) => path.length > start.length && start.every((part, place) => path[place] === part))
    .map(({ path, ...field }) => ({ ...field, path: path.slice(start.length) }))
    .filter(
      ({ path, types }) =>
        !path.some((part) => part === "[]" || part.includes(".")) && types.some((type) => type !== "object"),
    )
    .map(({ path, always }) => ({ path: path.join("."), always }))
    .slice(0, PICKABLE_MAX);
}
