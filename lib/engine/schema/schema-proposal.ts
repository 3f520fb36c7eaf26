/** A place in bodies: names from the outside in, "[]" for every item of a list. */
export type FieldPath = readonly string[];

/** A field seen in stored bodies. `always`: wherever what holds it was seen, it was there. */
export type SeenField = { path: FieldPath; types: string[]; always: boolean };

/** What stored bodies have in common: how many were read, a schema they all fit, and their fields. */
export type SchemaProposal = { bodies: number; text: string; fields: SeenField[] };
