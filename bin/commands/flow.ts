import { parseArgs } from "node:util";
import { type SwitchHere, switchFlowHere } from "#lib/commands/flows/switch-flow-here.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { withDatabase } from "#scripts/supervise/with-database.ts";
import { type Command, UsageError } from "../command.ts";

const MISSED = ["none", "last", "all"] as const;

/** `hookline flow <id> on|off|missed`: turns a flow on or off, and runs what it missed. */
export const command: Command = {
  summary: "Turn a flow on or off, and run the events it missed while it was off.",
  usage: "flow <id> on|off|missed [--missed none|last|all]",
  details: [
    "For whoever can run commands on the server. A flow's id is the end of its page's address.",
    "  on      every event starts it again; --missed says which of those that came meanwhile run too, none if not,",
    "          each once, in the order they came, at most 10,000 at a time",
    "  off     no event starts it; runs under way go on to their end, events are kept",
    "  missed  only says how many events it missed, and what running them would do",
  ].join("\n"),
  examples: ["npx hookline flow <id> off", "npx hookline flow <id> on --missed all"],
  async run(args) {
    const { id, wish } = readArguments(args);
    const sentence = await withDatabase(() => switchFlowHere(id, wish)).catch((error: unknown) => {
      if (error instanceof NotFoundError) throw new Error(`there is no flow with the id ${id}`);
      throw error;
    });
    process.stdout.write(`${sentence}\n`);
    return 0;
  },
};

function readArguments(args: readonly string[]): { id: string; wish: SwitchHere } {
  const { values, positionals } = parse(args);
  const [id, act, ...more] = positionals;
  if (id === undefined || act === undefined || more.length > 0) throw new UsageError("Name a flow, and on or off.");
  if (act !== "on" && values.missed !== undefined) throw new UsageError("--missed goes with on only.");
  if (act === "off") return { id, wish: "off" };
  if (act === "missed") return { id, wish: "look" };
  if (act !== "on") throw new UsageError(`A flow is turned on or off, not "${act}".`);
  const missed = MISSED.find((known) => known === (values.missed ?? "none"));
  if (missed === undefined) throw new UsageError(`--missed is one of ${MISSED.join(", ")}.`);
  return { id, wish: { missed } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { missed: { type: "string" } } });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
