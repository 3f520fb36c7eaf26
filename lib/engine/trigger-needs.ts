/** What of a trigger is only made when an expression may ask for it, because it doubles the context or costs a second reading. */
export type TriggerNeeds = { readonly rawBody: boolean; readonly exact: boolean; readonly cloudEvent: boolean; readonly files: boolean };

/** Everything, for building a flow on a sample. */
export const ALL_TRIGGER_NEEDS: TriggerNeeds = { rawBody: true, exact: true, cloudEvent: true, files: true };

/** What a flow may ask for, by the text of its definition: a name that occurs for another reason costs time, nothing else. */
export function triggerNeeds(definition: string): TriggerNeeds {
  return {
    rawBody: definition.includes("rawBody"),
    exact: /\bexact\b/.test(definition),
    cloudEvent: definition.includes("cloudEvent"),
    files: /\bfiles\b/.test(definition),
  };
}
