import { describeDoor } from "#tests/support/door-conformance.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();

describeDoor("the fast door", door);
