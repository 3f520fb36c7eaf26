import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { SettingsRefused } from "#lib/platform/env.ts";
import { type Command, UsageError } from "./command.ts";

const commandFolder = path.join(import.meta.dirname, "commands");

process.exitCode = await main(process.argv.slice(2));

/** Runs one command line: 0 it did what was asked, 1 it could not, 2 the command line was wrong. */
async function main([name = "--help", ...args]: string[]): Promise<number> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  if (name === "--help" || name === "-h" || name === "help") return showHelp(args[0]);
  if (name === "--version" || name === "-v") return showVersion();
  if (!commandNames().includes(name)) return complain(`There is no command "${name}".${suggest(name)}`);
  if (args.includes("--help") || args.includes("-h")) return showHelp(name);
  const command = await load(name);
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) return complain(`${error.message}\n\nUsage: hookline ${command.usage}`);
    process.stderr.write(
      `${error instanceof SettingsRefused ? error.message : `hookline ${name}: ${(error as Error).message}`}\n`,
    );
    return 1;
  }
}

async function showHelp(name: string | undefined): Promise<number> {
  if (name !== undefined) {
    if (!commandNames().includes(name)) return complain(`There is no command "${name}".${suggest(name)}`);
    const { usage, summary, details, examples } = await load(name);
    const parts = [`Usage: hookline ${usage}`, `${summary}${details === "" ? "" : `\n${details}`}`];
    print([...parts, `Examples:\n${examples.map((line) => `  ${line}`).join("\n")}`].join("\n\n"));
    return 0;
  }
  const commands = await Promise.all(commandNames().map(async (each) => ({ name: each, command: await load(each) })));
  const lines = commands.map(({ command }) => ({ does: command.summary, call: command.usage.replace(/ \[.*/, "") }));
  const width = Math.max(...lines.map(({ call }) => call.length));
  const list = lines.map(({ call, does }) => `  ${call.padEnd(width)}  ${does}`);
  const examples = commands.flatMap(({ command }) => command.examples.slice(0, 1)).map((line) => `  ${line}`);
  print(
    [
      "Usage: hookline <command> [arguments]",
      `Commands:\n${list.join("\n")}`,
      `Examples:\n${examples.join("\n")}`,
      "hookline <command> --help says more about one command.",
    ].join("\n\n"),
  );
  return 0;
}

async function showVersion(): Promise<number> {
  const { default: manifest } = await import("../package.json", { with: { type: "json" } });
  print(manifest.version);
  return 0;
}

function commandNames(): string[] {
  return readdirSync(commandFolder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

async function load(name: string): Promise<Command> {
  const module = (await import(path.join(commandFolder, `${name}.ts`))) as { command: Command };
  return module.command;
}

function suggest(name: string): string {
  const near = commandNames().find((known) => known.startsWith(name.slice(0, 3)) || name.startsWith(known));
  return near === undefined ? "" : ` Did you mean "${near}"?`;
}

function complain(text: string): number {
  process.stderr.write(`${text}\nhookline --help lists the commands.\n`);
  return 2;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
