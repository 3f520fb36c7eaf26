import { open, seal } from "#lib/platform/seal.ts";

/** A value that held secrets, whole, and the secrets: whoever goes on with the run hides them too. */
export type WholeData = { json: string; secrets: readonly string[] };

/** Seals what is not shown of a row of step_data; only this row's seal opens. */
export function sealData(id: string, whole: WholeData): Buffer<ArrayBuffer> {
  return seal(placeOf(id), JSON.stringify(whole));
}

/** Opens what `sealData` made for the row; throws SealBroken. */
export function openData(id: string, sealed: Uint8Array): WholeData {
  return JSON.parse(open(placeOf(id), sealed)) as WholeData;
}

function placeOf(row: string) {
  return { purpose: "run-data", table: "step_data", row, field: "sealed" };
}
