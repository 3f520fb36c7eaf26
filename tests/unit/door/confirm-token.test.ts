import { describe, expect, it } from "vitest";
import { CONFIRM_MS, readConfirm, signConfirm } from "#lib/door/confirm-token.ts";

const key = Buffer.alloc(32, 1);
const place = { endpointId: "e1", query: "order=7" };
const now = new Date("2026-03-04T05:06:07.000Z");
const token = signConfirm(key, place, now, "nonce_1");

describe("the confirmation of a page that asks", () => {
  it("is valid for its page until the 30 minutes are over", () => {
    expect(readConfirm(key, place, now, token)).toEqual({ kind: "valid", nonce: "nonce_1" });
    expect(readConfirm(key, place, new Date(now.getTime() + CONFIRM_MS), token)).toEqual({
      kind: "valid",
      nonce: "nonce_1",
    });
    expect(readConfirm(key, place, new Date(now.getTime() + CONFIRM_MS + 1), token)).toEqual({ kind: "expired" });
  });

  it("is wrong for every other endpoint, query and key", () => {
    expect(readConfirm(key, { ...place, endpointId: "e2" }, now, token).kind).toBe("wrong");
    expect(readConfirm(key, { ...place, query: "" }, now, token).kind).toBe("wrong");
    expect(readConfirm(Buffer.alloc(32, 2), place, now, token).kind).toBe("wrong");
  });

  it("is wrong with any character changed, left out or added", () => {
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === "a" ? "b" : "a";
      for (const changed of [
        token.slice(0, at) + other + token.slice(at + 1),
        token.slice(0, at) + token.slice(at + 1),
        `${token.slice(0, at)}.${token.slice(at)}`,
      ])
        expect(readConfirm(key, place, now, changed).kind).toBe("wrong");
    }
    for (const odd of ["", ".", "..", "...", "\u0000", "a".repeat(1_000)])
      expect(readConfirm(key, place, now, odd).kind).toBe("wrong");
  });
});
