import { describe, expect, it } from "vitest";
import { HOUR } from "#lib/core/units.ts";
import { retirementOf, type SecretUse } from "#lib/door/secret-retirement.ts";

const START = Date.UTC(2026, 0, 1);
const at = (hours: number): Date => new Date(START + hours * HOUR);
const secret = (id: string, made: number, verified: number | null): SecretUse => ({
  id,
  createdAt: at(made),
  verifiedCount: verified === null ? 0 : 3,
  lastVerifiedAt: verified === null ? null : at(verified),
});

describe("a secret retires by itself", () => {
  it("never when it is the newest, the only one, or nobody asked for it", () => {
    const [newer, older] = [secret("b", 10, 12), secret("a", 0, 11)];
    expect(retirementOf(newer, [newer, older], 24)).toEqual({ kind: "stays" });
    expect(retirementOf(older, [older], 24)).toEqual({ kind: "stays" });
    expect(retirementOf(older, [newer, older], null)).toEqual({ kind: "stays" });
  });

  it("not before a newer one has verified a request later than it did itself", () => {
    const older = secret("a", 0, 20);
    expect(retirementOf(older, [secret("b", 10, null), older], 24)).toEqual({ kind: "waits" });
    expect(retirementOf(older, [secret("b", 10, 19), older], 24)).toEqual({ kind: "waits" });
    expect(retirementOf(older, [secret("b", 10, 20), older], 24)).toEqual({ kind: "waits" });
    expect(retirementOf(older, [secret("b", 10, 21), older], 24)).toEqual({ kind: "due", at: at(44) });
  });

  it("counted from its last use, or from the newer one's making when that is later", () => {
    expect(retirementOf(secret("a", 0, 5), [secret("b", 10, 11), secret("a", 0, 5)], 24)).toEqual({
      kind: "due",
      at: at(34),
    });
    expect(retirementOf(secret("a", 0, null), [secret("b", 10, 11), secret("a", 0, null)], 1)).toEqual({
      kind: "due",
      at: at(11),
    });
  });

  it("of three, the middle one too, by the newest that has proven itself", () => {
    const [c, b, a] = [secret("c", 20, 22), secret("b", 10, 19), secret("a", 0, 9)];
    expect(retirementOf(b, [c, b, a], 2)).toEqual({ kind: "due", at: at(22) });
    expect(retirementOf(a, [c, b, a], 2)).toEqual({ kind: "due", at: at(12) });
  });
});
