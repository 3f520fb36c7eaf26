/**
 * SQL condition: the trigger `trigger` (a row of flow_trigger) wants an event of the type in column `eventType`. An
 * empty list wants every type; a listed name wants itself and what is below it: "pull_request" wants
 * "pull_request.opened".
 */
export function wantsEventType(trigger: string, eventType: string): string {
  return `(${trigger}.event_types = '{}' OR EXISTS (
    SELECT FROM unnest(${trigger}.event_types) AS wanted_type(name)
    WHERE ${eventType} = wanted_type.name OR starts_with(${eventType}, wanted_type.name || '.')))`;
}
