import { describeDifferential } from "#tests/support/door-differential.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";

useTestDatabase();
describeDifferential("the fast door and the route's handler", useFastDoor(), useRouteDoor({ rawHeads: true }));
