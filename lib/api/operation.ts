import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { problemSchema } from "#lib/api/problem.ts";
import { API_POLICY, type ApiOperationName } from "#lib/auth/policy.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { writeJson } from "#lib/core/json-text.ts";
import { refuseNul } from "#lib/core/parse-input.ts";

/** What the API's requests carry besides what they say: who asks. */
export type ApiEnv = { Variables: { actor: Actor; requestId: string } };

/** The API's router. */
export type Api = OpenAPIHono<ApiEnv>;

/** What an operation is given: checked input, and nothing the schemas do not name. */
export type ApiInput<Params, Query, Body> = { params: Params; query: Query; body: Body };

/** One operation of the API, with everything its documentation says. */
export type Operation<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> = {
  /** Method and path as the policy table lists them. */
  name: ApiOperationName;
  /** Stable id for generated clients. */
  id: string;
  tag: string;
  summary: string;
  description?: string;
  params?: Params;
  query?: Query;
  /** An optional body may be left out altogether; it is then `{}`. */
  body?: { schema: Body; optional?: true };
  status?: 200 | 201 | 202 | 204;
  answer?: Answer;
  /** Media type of an answer that is bytes. */
  bytes?: true;
  run(
    actor: Actor,
    input: ApiInput<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<z.input<Answer> | Response | null>;
};

/** Values that were kept as written go out with every digit: no serializer of others would write them so. */
const JSON_HEADERS = { "content-type": "application/json" };

const none = z.object({});

/** Adds an operation to the router. Its capability comes from the policy table and is asked for before `run`. */
export function addOperation<
  Params extends z.ZodType = typeof none,
  Query extends z.ZodType = typeof none,
  Body extends z.ZodType = typeof none,
  Answer extends z.ZodType = z.ZodNull,
>(api: Api, operation: Operation<Params, Query, Body, Answer>): void {
  const [method, path] = operation.name.split(" ") as [string, string];
  const capability = API_POLICY[operation.name];
  const status = operation.status ?? 200;
  const route = createRoute({
    method: method.toLowerCase() as "get",
    path,
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: [operation.description, `Needs: ${capability}.`].filter(Boolean).join(" "),
    security: [{ apiKey: [] }],
    request: {
      ...(operation.params === undefined ? {} : { params: operation.params as unknown as z.ZodObject }),
      // Names that are not in the schema are refused: a filter misspelt must not return everything.
      query: (operation.query ?? z.strictObject({})) as unknown as z.ZodObject,
      ...(operation.body === undefined ? {} : { body: bodyOf(operation.body) }),
    },
    responses: { [status]: answerOf(operation), ...PROBLEM_ANSWERS },
  });
  api.openapi(route, (async (c: Context<ApiEnv>) => {
    const actor = c.get("actor");
    authorize(actor, capability);
    const valid = (target: "param" | "query" | "json") => c.req.valid(target as never) as unknown;
    refuseNul(valid("query"));
    const answer = await operation.run(actor, {
      params: (operation.params === undefined ? {} : valid("param")) as z.output<Params>,
      query: valid("query") as z.output<Query>,
      body: (operation.body === undefined
        ? {}
        : leftOut(operation.body, c)
          ? operation.body.schema.parse({})
          : valid("json")) as z.output<Body>,
    });
    if (answer instanceof Response) return answer;
    return status === 204 ? c.body(null, 204) : c.body(writeJson(answer), status, JSON_HEADERS);
  }) as never);
}

/** A body that may be left out and was: the router then checks nothing and fills in no defaults. */
function leftOut(body: { optional?: true }, c: Context): boolean {
  return body.optional === true && c.req.header("content-type") === undefined;
}

function bodyOf(body: { schema: z.ZodType; optional?: true }) {
  return { required: body.optional !== true, content: { "application/json": { schema: body.schema } } };
}

function answerOf(operation: { status?: number; answer?: z.ZodType; bytes?: true }) {
  if (operation.bytes === true)
    return {
      description: "The bytes.",
      content: { "application/octet-stream": { schema: z.any().openapi({ type: "string", format: "binary" }) } },
    };
  if (operation.answer === undefined) return { description: "Done; there is no body." };
  return { description: "Done.", content: { "application/json": { schema: operation.answer } } };
}

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemSchema } },
});

const PROBLEM_ANSWERS = {
  401: problem("No valid API key."),
  403: problem("The key's role does not allow this."),
  404: problem("This does not exist in this workspace."),
  409: problem("Somebody changed it in between, or its state forbids this; see `code`."),
  422: problem("Something in the request is wrong; `errors` says what and where."),
  429: problem("Too many requests; `Retry-After` says when to come back."),
};
