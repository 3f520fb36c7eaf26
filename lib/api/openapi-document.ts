import { type Api, addOperation } from "#lib/api/operation.ts";
import { publicUrl } from "#lib/platform/public-url.ts";

/** Adds `GET /openapi.json`: the API's own OpenAPI 3.1 document, made from the schemas that check its requests. */
export function addOpenApiDocument(api: Api): void {
  api.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    description: "An API key (hl_…), made under Settings.",
  });
  let document: object | null = null;
  addOperation(api, {
    name: "GET /openapi.json",
    id: "getOpenApi",
    tag: "About",
    summary: "This document",
    run: async () => {
      document ??= api.getOpenAPI31Document(describe());
      return Response.json(document);
    },
  });
}

function describe() {
  return {
    openapi: "3.1.0",
    info: {
      title: "Hookline",
      version: "1",
      description:
        "Endpoints, events, flows, runs and connections of one workspace. Lists are newest first and paged by " +
        "cursor; errors are RFC 9457 problem details.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: publicUrl() }],
  };
}
