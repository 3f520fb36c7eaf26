import type { Stage } from "#tests/support/chaos/stage.ts";

/** What a kill takes down: one worker of two in turn, the database, the door, or all three at once. */
export type Victim = "worker" | "postgres" | "door" | "all";

/** Kills so many times on a stage, a victim of the list after the other, with a pause of 1.5 to 2.2 s before each. */
export async function killInTurn(stage: Stage, kills: number, victims: readonly Victim[]): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_500 + ((kill * 397) % 700)));
    const victim = victims[kill % victims.length];
    if (victim === "worker" || victim === "all") stage.workers[kill % 2]?.kill("SIGKILL");
    if (victim === "door" || victim === "all") stage.door.kill("SIGKILL");
    if (victim === "postgres" || victim === "all") await stage.killPostgres();
  }
}
