import { describe, expect, test } from "vitest";
import { isConnectionLost } from "#lib/db/connection-lost.ts";

const error = (message: string, more: object = {}) => Object.assign(new Error(message), more);

describe("a connection that broke, could not be made or did not answer is told", () => {
  test.each([
    ["connection failure", error("x", { code: "08006" })],
    ["protocol violation", error("x", { code: "08P01" })],
    ["shut down by an administrator", error("terminating connection due to administrator command", { code: "57P01" })],
    [
      "crash of another backend",
      error("terminating connection because of crash of another server process", { code: "57P02" }),
    ],
    ["starting up", error("the database system is starting up", { code: "57P03" })],
    ["too many clients", error("sorry, too many clients already", { code: "53300" })],
    ["became a replica", error("cannot execute UPDATE in a read-only transaction", { code: "25006" })],
    ["refused", error("connect ECONNREFUSED 127.0.0.1:5432", { code: "ECONNREFUSED" })],
    ["reset", error("read ECONNRESET", { code: "ECONNRESET" })],
    ["broken pipe", error("write EPIPE", { code: "EPIPE" })],
    ["name not found", error("getaddrinfo EAI_AGAIN db", { code: "EAI_AGAIN" })],
    ["ended by the driver", error("Connection terminated unexpectedly")],
    ["connect timed out", error("Connection terminated due to connection timeout")],
    ["no connection free in time", error("timeout exceeded when trying to connect")],
    ["statement timed out in the driver", error("Query read timeout")],
    ["used after it broke", error("Client has encountered a connection error and is not queryable")],
    ["Prisma cannot reach it", error("Can't reach database server", { code: "P1001" })],
    [
      "what Prisma's driver heard",
      error("Invalid invocation", {
        code: "P2039",
        meta: {
          modelName: "EgressPermission",
          driverAdapterError: error("x", { cause: { originalCode: "57P01", kind: "postgres", code: "57P01" } }),
        },
      }),
    ],
    ["waited too long for its turn", error("It waited too long to be written.", { name: "GroupOverloaded" })],
    ["as a cause", error("saving failed", { cause: error("x", { code: "ECONNRESET" }) })],
    ["as one of several", new AggregateError([error("a"), error("b", { code: "ECONNREFUSED" })])],
  ])("%s", (_, seen) => expect(isConnectionLost(seen)).toBe(true));
});

describe("everything else is not", () => {
  test.each([
    ["a bug of ours", new TypeError("Cannot read properties of undefined")],
    ["a value the database refuses", error("invalid byte sequence", { code: "22021" })],
    ["a broken rule", error("duplicate key", { code: "23505" })],
    ["a statement canceled by its own limit", error("canceling statement due to statement timeout", { code: "57014" })],
    ["a refusal that talks of connections", error("Connection terminated", { code: "22023" })],
    [
      "a value that Prisma's driver was refused",
      error("x", { code: "P2039", meta: { driverAdapterError: error("x", { cause: { code: "22021" } }) } }),
    ],
    ["a text", "ECONNRESET"],
    ["nothing", null],
  ])("%s", (_, seen) => expect(isConnectionLost(seen)).toBe(false));

  test("not even an error that is its own cause", () => {
    const own = error("round");
    own.cause = own;
    expect(isConnectionLost(own)).toBe(false);
  });
});
