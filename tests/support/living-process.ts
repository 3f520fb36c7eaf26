import { writeFileSync } from "node:fs";
import { giveLifeSigns } from "#lib/platform/life-signs.ts";

// A process under a supervisor: writes its pid where PID_FILE says; on SIGUSR2 its main thread spins for ever.
giveLifeSigns();
writeFileSync(process.env.PID_FILE ?? "", String(process.pid));
process.on("SIGUSR2", () => {
  for (;;);
});
process.on("disconnect", () => process.exit(0));
setInterval(() => undefined, 60_000);
