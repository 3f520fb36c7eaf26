/**
 * What of a trigger is only made when an expression may ask for it, because it doubles the context or costs a second
 * reading.
 */
export type TriggerNeeds = {
  readonly rawBody: boolean;
  readonly exact: boolean | "where it differs";
  readonly cloudEvent: boolean;
  readonly files: boolean | "without content";
};

/**
 * What building a flow on a sample shows beyond what its definition asks for: everything there is, but nothing large
 * twice.
 */
export function sampleNeeds(definition: string): TriggerNeeds {
  const { exact, files } = triggerNeeds(definition);
  return { rawBody: true, exact: exact || "where it differs", cloudEvent: true, files: files || "without content" };
}

/**
 * What a flow may ask for, by the text of its definition: a name that occurs for another reason costs time, nothing
 * else.
 */
export function triggerNeeds(definition: string): TriggerNeeds {
  return {
    rawBody: definition.includes("rawBody"),
    exact: /\bexact\b/.test(definition),
    cloudEvent: definition.includes("cloudEvent"),
    files: /\bfiles\b/.test(definition),
  };
}
