/** What a person is told when a button's request came to nothing: never a program's own words. */
export function wordsOfFailure(error: unknown, online: boolean): string {
  if (digestOf(error).startsWith("NEXT_REDIRECT"))
    return "You are signed out. Sign in again; what you wrote is still here.";
  if (!online) return "You are offline. Try again when the connection is back; what you wrote is still here.";
  if (digestOf(error) !== "") return "Hookline failed at this. Its log has the cause; nothing you wrote here is lost.";
  return "Hookline did not answer. See whether it happened before you try again; what you wrote is still here.";
}

function digestOf(error: unknown): string {
  const digest = typeof error === "object" && error !== null && "digest" in error ? error.digest : "";
  return typeof digest === "string" ? digest : "";
}
