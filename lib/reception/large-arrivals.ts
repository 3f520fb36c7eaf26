import { MIB, SECOND } from "#lib/core/units.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import { type Place, Room } from "#lib/platform/room.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { Turns } from "#lib/platform/turns.ts";

/** Large bodies in memory at once, in all and of one endpoint: eight and four of the largest. */
const BYTES_MAX = 128 * MIB;
const BYTES_PER_ENDPOINT_MAX = BYTES_MAX / 2;

/** Senders give up after 10 s, most of them; what is left of a request's 30 s must do for the body itself. */
const ROOM_MS_MAX = 10 * SECOND;

/** Verified, read and stored at once: while one is being stored, the next is verified. */
const AT_ONCE = 2;

/** Longer than the room is ever full of bodies that came: who has been let in is served. */
const TURN_MS_MAX = 10 * 60 * SECOND;

/** What a sender is told for whom there is no room. */
export const NO_ROOM: Refusal = refuse("body-unread", "Too many other large bodies are being taken at the moment.", [
  ["retry-after", "10"],
]);

/**
 * One request on its way in with a large body, which waits for room before it is read (its sender's connection is held
 * back meanwhile) and then for its turn, so that any number of them at once neither fill the memory nor hold up small
 * ones. Small ones pass without asking.
 */
export class LargeArrival {
  readonly #endpointId: string;
  readonly #judged = Promise.withResolvers<void>();
  #bytes = 0;
  #place: Place | null = null;

  constructor(endpointId: string) {
    this.#endpointId = endpointId;
  }

  /** Asked before more than 1 MiB of a body is kept: false when there is no room within 10 s. */
  readonly askRoom = (bytes: number): Promise<boolean> => {
    this.#bytes = bytes;
    this.#place ??= room().enter(this.#endpointId, bytes);
    return this.#place.taken;
  };

  /** Resolves when this body may take the processor and the database, which it may until `endTurn`. */
  async turn(): Promise<void> {
    if (this.#place === null) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const judged = async (): Promise<true> => {
      resolve();
      await this.#judged.promise;
      return true;
    };
    const taken = turns().take(this.#endpointId, this.#bytes, judged);
    void taken.then((came) => came ?? reject(new Error("the turn of a large body never came")));
    await promise;
  }

  /** The body is stored or refused. */
  endTurn(): void {
    this.#judged.resolve();
  }

  /** The body is not in memory any more. */
  leave(): void {
    this.endTurn();
    this.#place?.leave();
  }
}

function room(): Room {
  return singleton(
    "large-arrivals-room",
    () => new Room({ bytesMax: BYTES_MAX, bytesPerKeyMax: BYTES_PER_ENDPOINT_MAX, waitMsMax: ROOM_MS_MAX }),
  );
}

function turns(): Turns {
  return singleton(
    "large-arrivals-turns",
    () => new Turns({ atOnce: AT_ONCE, waitingMax: 1_000, bytesMax: 2 * BYTES_MAX, waitMsMax: TURN_MS_MAX }),
  );
}
