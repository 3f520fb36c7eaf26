import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import { defineAction } from "#lib/engine/action.ts";

/** Computes a value with JSONata; nothing leaves Hookline. */
export const action = defineAction({
  id: "transform",
  title: "Transform data",
  description: "Computes a value with JSONata for later steps to use. Nothing leaves Hookline.",
  synonyms: ["jsonata", "map", "format", "convert", "code", "calculate", "set", "pick", "reshape"],
  icon: "braces",
  connectionKinds: [],
  connectionRequired: false,
  input: z.strictObject({
    // Left out when the expression finds nothing: the output is then null, as in a JSON body.
    value: z
      .unknown()
      .optional()
      .meta({
        hookline: {
          label: "Value",
          place: "value",
          multiline: true,
          help: "A JSONata expression. Its result is this step's output.",
          placeholder: '{ "total": $sum(trigger.body.items.price) }',
        },
      }),
  }),
  blankInput: { value: "" },
  onUnknown: "retry",
  example: {
    input: {
      value: '{ "name": trigger.body.first & " " & trigger.body.last, "total": $sum(trigger.body.items.price) }',
    },
    output: { name: "Ada Lovelace", total: 42.5 },
  },

  plan(input) {
    return { kind: "planned", effect: { kind: "value", output: (input.value ?? null) as Json } };
  },
});
