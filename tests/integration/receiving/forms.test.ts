import { describeForms } from "#tests/support/form-conformance.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";

useTestDatabase();
describeForms("the fast door", useFastDoor());
describeForms("the route's handler", useRouteDoor({ rawHeads: false }));
