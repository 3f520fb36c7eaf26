import { runUntilStopped } from "#scripts/run-until-stopped.ts";
import { type Command, UsageError } from "../command.ts";

/** `hookline worker`: `start` with HOOKLINE_ROLES=worker. */
export const command: Command = {
  summary: "Start a worker only, for another machine than the web server's.",
  usage: "worker",
  details: "Needs DATABASE_URL and HOOKLINE_SECRET_KEY, the same as the web server's.",
  examples: ["DATABASE_URL=postgresql://… HOOKLINE_SECRET_KEY=… npx hookline worker"],
  async run(args) {
    if (args.length > 0) throw new UsageError("worker takes no arguments; settings come from the environment.");
    process.env.HOOKLINE_ROLES = "worker";
    return runUntilStopped("start");
  },
};
