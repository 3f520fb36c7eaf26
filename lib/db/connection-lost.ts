/** SQLSTATEs of a server that is away, going, coming, full or has become a replica: connection, resources, shutdown. */
const AWAY_STATES = /^(?:08...|53...|57P0[123]|25006)$/;

/** What the system, and Prisma's client, call a connection that cannot be made or broke. */
const AWAY_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2024",
]);

/** The driver's own words: these errors carry no code. */
const AWAY_WORDS = [
  "connection terminated",
  "timeout exceeded when trying to connect",
  "query read timeout",
  "connection error and is not queryable",
  "client was closed and is not queryable",
  "cannot use a pool after calling end",
];

const CAUSES_DEEP_MAX = 5;

/**
 * Whether an error says that the connection to the database broke, could not be made, or gave no answer in time: never
 * the fault of the run that was worked on. Everything it does not know is no such error. Reads causes, and errors of
 * errors.
 */
export function isConnectionLost(error: unknown, deep = 0): boolean {
  if (typeof error !== "object" || error === null || deep > CAUSES_DEEP_MAX) return false;
  const { code, message, name, cause, errors, meta } = error as Readonly<Record<string, unknown>>;
  if (typeof code === "string" && (AWAY_STATES.test(code) || AWAY_CODES.has(code))) return true;
  // A statement that waited too long for the statement before it: the database does not keep up.
  if (name === "GroupOverloaded") return true;
  if (
    typeof message === "string" &&
    !isSqlState(code) &&
    AWAY_WORDS.some((words) => message.toLowerCase().includes(words))
  )
    return true;
  return (
    isConnectionLost(cause, deep + 1) ||
    isConnectionLost(adapterErrorOf(meta), deep + 1) ||
    (Array.isArray(errors) && errors.some((one) => isConnectionLost(one, deep + 1)))
  );
}

/** Where Prisma's client keeps what its driver said, under a code (P2039) that says nothing of it. */
function adapterErrorOf(meta: unknown): unknown {
  return typeof meta === "object" && meta !== null && "driverAdapterError" in meta ? meta.driverAdapterError : null;
}

/** The server answered, so its words say nothing about the connection. */
function isSqlState(code: unknown): boolean {
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}
