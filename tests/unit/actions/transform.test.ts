import { expect, it } from "vitest";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";
import { planStep } from "#lib/preview/plan-step.ts";

it("gives null when its expression finds nothing", async () => {
  const step: ActionStep = {
    kind: "action",
    id: "m",
    name: "m",
    action: "transform",
    input: { value: "trigger.none" },
  };
  const scope = { trigger: {}, steps: {}, vars: {}, run: { id: "r", attempt: 1, flow: "f" } };
  const place = { stepPath: "m", idempotencyKey: "k", now: new Date(0), seed: "s" };
  const planned = await planStep(step, scope, place, {
    evaluate: () => Promise.resolve([{ kind: "nothing" }]),
    findConnection: () => Promise.resolve(null),
    publicHost: "localhost",
  });
  expect(planned).toMatchObject({ kind: "planned", effect: { kind: "value", output: null } });
});
