import { diagnose, type Finding } from "#lib/commands/instance/diagnose.ts";
import { readEnv } from "#lib/platform/env.ts";
import { withDatabase } from "#scripts/supervise/with-database.ts";
import { type Command, UsageError } from "../command.ts";

/** `hookline doctor`: looks at settings, database, address, mail, disk and clock. */
export const command: Command = {
  summary: "Look at settings, database, address, mail, disk and clock, and say what is wrong.",
  usage: "doctor [--json]",
  details: "Changes nothing. Ends with 1 when something keeps Hookline from working; --json prints one finding a line.",
  examples: ["npx hookline doctor", "npx hookline doctor --json"],
  async run(args) {
    if (args.some((arg) => arg !== "--json")) throw new UsageError("doctor takes only --json.");
    const findings = await find();
    process.stdout.write(
      args.includes("--json") ? findings.map((finding) => `${JSON.stringify(finding)}\n`).join("") : draw(findings),
    );
    return findings.some((finding) => finding.level === "fail") ? 1 : 0;
  },
};

async function find(): Promise<Finding[]> {
  const settings = readEnv(process.env);
  if (settings.kind === "refused") return settings.problems.map((text) => ({ area: "settings", level: "fail", text }));
  const findings: Finding[] = settings.warnings.map((text) => ({ area: "settings", level: "note", text }));
  if (findings.length === 0) findings.push({ area: "settings", level: "ok", text: "every setting can be read" });
  try {
    findings.push(
      ...(await withDatabase(async (databaseUrl, env, folder) => [
        ...(folder === null ? [] : [place(folder)]),
        ...(await diagnose(env, databaseUrl, () => new Date())),
      ])),
    );
  } catch (error) {
    findings.push({ area: "database", level: "fail", text: (error as Error).message });
  }
  return findings;
}

function place(folder: string): Finding {
  return { area: "database", level: "ok", text: `the embedded database is in ${folder}` };
}

function draw(findings: Finding[]): string {
  const marks = { ok: "ok  ", note: "note", fail: "FAIL" };
  return findings.map(({ level, area, text }) => `${marks[level]}  ${area.padEnd(8)}  ${text}\n`).join("");
}
