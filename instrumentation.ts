/** Next calls this once when a server starts. With Hookline's own server in front, webhooks never come this far. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { hasFrontDoor } = await import("#lib/platform/raw-head.ts");
  if (hasFrontDoor()) return;
  const { keepRawHeads } = await import("#server/keep-raw-heads.ts");
  keepRawHeads();
}
