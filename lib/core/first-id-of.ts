/** The smallest uuidv7 of a moment: ids carry their time, so an index over ids bounds a span of time too. */
export function firstIdOf(moment: Date): string {
  const hex = moment.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
