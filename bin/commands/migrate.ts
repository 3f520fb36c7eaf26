import { migrateDatabase } from "#lib/commands/instance/migrate-database.ts";
import { withDatabase } from "#scripts/supervise/with-database.ts";
import { type Command, UsageError } from "../command.ts";

/** `hookline migrate`: applies pending migrations. */
export const command: Command = {
  summary: "Bring the database to this version's schema.",
  usage: "migrate",
  details: "`start` does the same; run it by hand to migrate before a rolling upgrade. Safe to repeat.",
  examples: ["npx hookline migrate", "DATABASE_URL=postgresql://… npx hookline migrate"],
  async run(args) {
    if (args.length > 0) throw new UsageError("migrate takes no arguments.");
    const { applied } = await withDatabase((databaseUrl) => migrateDatabase(databaseUrl));
    process.stdout.write(applied.length === 0 ? "The database is current.\n" : `Applied: ${applied.join(", ")}\n`);
    return 0;
  },
};
