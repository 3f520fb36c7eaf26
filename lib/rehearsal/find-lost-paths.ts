import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { Accepted, Verdict } from "#lib/door/verdict.ts";
import type { LostPath } from "#lib/views/settings-proof.ts";

/**
 * The paths of an owner's settings that lead nowhere in any of the stored requests these settings take. Of nothing
 * taken nothing is said.
 */
export function findLostPaths(
  { present, changed }: { readonly present: EndpointSettings; readonly changed: EndpointSettings },
  verdicts: readonly Verdict[],
): LostPath[] {
  const before = new Set(pathsOf(present));
  return lostOf(changed, verdicts).map((each) => ({ ...each, before: before.has(`${each.setting} ${each.path}`) }));
}

function pathsOf({ eventType, dedupe, split }: EndpointSettings): string[] {
  const chosen = dedupe.kind === "fields" ? dedupe.fields : dedupe.kind === "source" ? [dedupe.source] : [];
  return [
    ...(eventType?.from === "body" ? [`eventType ${eventType.path}`] : []),
    ...chosen.flatMap((field) => (field.from === "body" ? [`dedupe ${field.path}`] : [])),
    ...(split.kind === "path" ? [`split ${split.path}`] : []),
  ];
}

function lostOf(settings: EndpointSettings, verdicts: readonly Verdict[]): Omit<LostPath, "before">[] {
  const taken = verdicts.filter((verdict): verdict is Accepted => verdict.kind === "accepted");
  if (taken.length === 0) return [];
  const { eventType, dedupe, split } = settings;
  const lost: Omit<LostPath, "before">[] = [];
  const none = (found: (one: Accepted) => boolean) => !taken.some(found);
  if (eventType?.from === "body" && none((one) => hasType(one)))
    lost.push({ setting: "eventType", path: eventType.path, of: taken.length });
  const chosen = dedupe.kind === "fields" ? dedupe.fields : dedupe.kind === "source" ? [dedupe.source] : [];
  for (const field of chosen) {
    if (field.from !== "body") continue;
    const place = JSON.stringify(field);
    const isMissing = ({ delivery }: Accepted) => delivery.missing.some((each) => JSON.stringify(each) === place);
    // The fields of a batch that is split are looked up in its items.
    if (none((one) => one.split.kind === "items" || !isMissing(one)))
      lost.push({ setting: "dedupe", path: field.path, of: taken.length });
  }
  if (split.kind === "path" && none((one) => one.split.kind === "items"))
    lost.push({ setting: "split", path: split.path, of: taken.length });
  return lost;
}

function hasType({ eventType, split }: Accepted): boolean {
  return eventType !== null || (split.kind === "items" && split.items.some((item) => item.eventType !== null));
}
