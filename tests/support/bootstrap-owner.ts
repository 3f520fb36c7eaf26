import { bootstrapInstance } from "#lib/commands/instance/bootstrap-instance.ts";
import { env } from "#lib/platform/env.ts";

await bootstrapInstance(env());
process.exit(0);
