import { expect, test } from "vitest";
import { rebaseSettings } from "#components/endpoints/rebase-settings.ts";
import { endpointSettingsSchema } from "#lib/core/endpoint-settings.ts";

test("keeps what somebody typed and takes over what others saved", () => {
  const base = endpointSettingsSchema.parse({});
  const mine = { ...base, methods: ["PUT" as const], dedupe: { kind: "off" as const } };
  const newer = {
    ...base,
    methods: ["GET" as const],
    verification: "required" as const,
    allowedAddresses: ["192.0.2.1"],
  };
  expect(rebaseSettings(mine, base, newer)).toEqual({ ...newer, methods: ["PUT"], dedupe: { kind: "off" } });
  expect(rebaseSettings(base, base, newer)).toEqual(newer);
  expect(rebaseSettings(mine, base, base)).toEqual(mine);
});
