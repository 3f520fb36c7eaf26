import { useTestDatabase } from "#tests/support/postgres.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";
import { describeSpellings } from "#tests/support/spelling-conformance.ts";

useTestDatabase();
describeSpellings("the route's handler with raw heads", useRouteDoor({ rawHeads: true }));
