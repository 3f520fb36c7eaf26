import { type WantedPlaces, wantNothing, wantPath } from "#lib/bodies/wanted-places.ts";
import type { ValueSource } from "#lib/webhooks/provider-types.ts";

/** Adds what these sources read of a body, or of an item where `places` is an item's. */
export function wantSources(places: WantedPlaces, sources: readonly ValueSource[]): WantedPlaces {
  for (const source of sources) {
    switch (source.from) {
      case "body":
        wantPath(places, source.path).scalar = true;
        break;
      case "top-level-key":
        places.keys = true;
        break;
      case "join":
        wantSources(places, source.parts);
        break;
      case "each": {
        const list = wantPath(places, source.list);
        wantSources((list.each ??= wantNothing()), source.parts);
        break;
      }
      case "header":
      case "query":
      case "constant":
      case "text":
    }
  }
  return places;
}
