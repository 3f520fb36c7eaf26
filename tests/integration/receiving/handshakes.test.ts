import { setDoorWorld } from "#tests/support/door-world.ts";
import { describeHandshakes } from "#tests/support/handshake-conformance.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { useFastDoor } from "#tests/support/receiving.ts";
import { useRouteDoor } from "#tests/support/route-door.ts";

useTestDatabase();
const fast = useFastDoor();
const route = useRouteDoor({ rawHeads: true });
const bare = useRouteDoor({ rawHeads: false });

for (const [name, door] of [
  ["the fast door", fast],
  ["the route's handler", route],
  ["the route's handler without raw heads", bare],
] as const)
  describeHandshakes(name, {
    get url() {
      return door.url;
    },
    setWorld: setDoorWorld,
  });
