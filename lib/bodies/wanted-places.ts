import { pathParts } from "#lib/core/body-path.ts";

/**
 * Which places of a body are read, as a tree along its members; everything else is only checked to be valid and
 * skipped.
 */
export type WantedPlaces = {
  readonly members: Map<string, WantedPlaces>;
  /** What is wanted of every element, where a list stands here. */
  each: WantedPlaces | null;
  /** The names of all members. */
  keys: boolean;
  /** The text, number or boolean that stands here. */
  scalar: boolean;
  /** Whatever stands here, with all that is in it. */
  whole: boolean;
  /** Where each element begins and ends, where a list stands here. */
  ranges: boolean;
};

/** Nothing wanted yet. */
export function wantNothing(): WantedPlaces {
  return { members: new Map(), each: null, keys: false, scalar: false, whole: false, ranges: false };
}

/** The places at a stored path, made where there were none; "" is the place itself. */
export function wantPath(places: WantedPlaces, path: string): WantedPlaces {
  return pathParts(path).reduce(wantMember, places);
}

/** The places of one member, made where there were none; dots in its name mean nothing. */
export function wantMember(places: WantedPlaces, name: string): WantedPlaces {
  const next = places.members.get(name) ?? wantNothing();
  places.members.set(name, next);
  return next;
}

/** Whether anything of a body is wanted at all. */
export function wantsAnything({ members, each, keys, scalar, whole, ranges }: WantedPlaces): boolean {
  return members.size > 0 || each !== null || keys || scalar || whole || ranges;
}

/** The places wanted of an element of which each of two asks something. */
export function wantBoth(one: WantedPlaces | null, other: WantedPlaces | null): WantedPlaces | null {
  if (one === null || other === null) return one ?? other;
  const both: WantedPlaces = {
    members: new Map(one.members),
    each: wantBoth(one.each, other.each),
    keys: one.keys || other.keys,
    scalar: one.scalar || other.scalar,
    whole: one.whole || other.whole,
    ranges: one.ranges || other.ranges,
  };
  for (const [name, places] of other.members)
    both.members.set(name, wantBoth(both.members.get(name) ?? null, places) ?? places);
  return both;
}
