import { runUntilStopped } from "#scripts/run-until-stopped.ts";
import { type Command, UsageError } from "../command.ts";

/** `hookline start`: the same as `npm start`. */
export const command: Command = {
  summary: "Start everything this machine's roles need, and keep it running until Ctrl-C.",
  usage: "start",
  details:
    "Brings up the embedded PostgreSQL unless DATABASE_URL is set, migrates, builds when needed, serves on PORT.",
  examples: ["npx hookline start", "PORT=8080 npx hookline start", "HOOKLINE_ROLES=web npx hookline start"],
  async run(args) {
    if (args.length > 0) throw new UsageError("start takes no arguments; settings come from the environment.");
    return runUntilStopped("start");
  },
};
