import { describeAskingLinks } from "#tests/support/asking-link-conformance.ts";
import { describeForms } from "#tests/support/form-conformance.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";

useTestDatabase();
const doors = [
  ["the fast door", useFastDoor()],
  ["the route's handler", useRouteDoor({ rawHeads: false })],
] as const;
for (const [name, door] of doors) {
  describeForms(name, door);
  describeAskingLinks(name, door);
}
