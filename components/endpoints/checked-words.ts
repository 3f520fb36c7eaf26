/** How stored requests fared with a new secret, in one sentence. */
export function checkedWords(checked: number, matched: number): string {
  if (checked === 1) return matched === 1 ? "The stored request matches." : "The stored request does not match.";
  return (
    `${checked.toLocaleString("en")} stored requests checked: ${matched.toLocaleString("en")} match, ` +
    `${(checked - matched).toLocaleString("en")} do not.`
  );
}
