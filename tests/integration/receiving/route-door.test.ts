import { describeDoor } from "#tests/support/door-conformance.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";

useTestDatabase();
describeDoor("the route's handler, where the host kept no raw heads", useRouteDoor({ rawHeads: false }));
describeDoor("the route's handler with raw heads", useRouteDoor({ rawHeads: true }));
