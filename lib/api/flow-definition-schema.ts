import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { z as plainZod } from "zod";
import { describedFlowDefinitionSchema } from "#lib/engine/flow-definition.ts";

const NAME = "FlowDefinition";

/**
 * A definition in a request body. The command checks it against the engine's own schema, whose recursion the router's
 * generator cannot write; its JSON Schema is put into the document by `registerFlowDefinition`.
 */
export const definitionBody = z.record(z.string(), z.any()).openapi({ $ref: `#/components/schemas/${NAME}` } as object);

/** A definition in an answer. */
export const definitionAnswer = z
  .record(z.string(), z.any())
  .openapi({ $ref: `#/components/schemas/${NAME}` } as object);

/** Puts the definition's JSON Schema (draft 2020-12, as OpenAPI 3.1 wants) among the document's components. */
export function registerFlowDefinition(api: Pick<OpenAPIHono, "openAPIRegistry">): void {
  for (const [name, schema] of Object.entries(definitionSchemas()))
    api.openAPIRegistry.registerComponent("schemas", name, schema);
}

/** FlowDefinition and everything it refers to, each under a component's name. */
function definitionSchemas(): Record<string, object> {
  const {
    $defs,
    $schema: _version,
    ...root
  } = plainZod.toJSONSchema(describedFlowDefinitionSchema, { io: "input", unrepresentable: "any" }) as {
    $defs?: Record<string, object>;
    $schema?: string;
  };
  const entries = [[NAME, root], ...Object.entries($defs ?? {}).map(([name, schema]) => [partName(name), schema])] as [
    string,
    object,
  ][];
  return Object.fromEntries(entries.map(([name, schema]) => [name, rewriteRefs(schema) as object]));
}

function partName(name: string): string {
  return `${NAME}_${name.replace(/\W/g, "")}`;
}

function rewriteRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewriteRefs);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (key !== "$ref" || typeof member !== "string") return [key, rewriteRefs(member)];
      const name = member === "#" ? NAME : partName(member.replace(/^#\/\$defs\//, ""));
      return [key, `#/components/schemas/${name}`];
    }),
  );
}
