import { z } from "@hono/zod-openapi";
import { describeError } from "#lib/core/describe-error.ts";

/** RFC 9457 problem details. `code` is stable, for programs; `errors` names each wrong field by JSON path. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    requestId: z.string().optional(),
  })
  .openapi("Problem");

/** RFC 9457 problem details. */
export type Problem = z.infer<typeof problemSchema>;

const TITLES: Record<number, string> = {
  400: "Bad request",
  401: "Not authenticated",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  422: "Invalid input",
  429: "Too many requests",
  500: "Internal error",
  503: "Unavailable",
};

/** Problem details of a status, without a type of its own ("about:blank": the status says it all). */
export function makeProblem(status: number, code: string, detail: string, errors?: Problem["errors"]): Problem {
  const title = TITLES[status] ?? "Error";
  return { type: "about:blank", title, status, detail, code, ...(errors === undefined ? {} : { errors }) };
}

/** The problem that an expected refusal is, or null for a fault of ours. */
export function problemOf(error: unknown): Problem | null {
  const described = describeError(error);
  if (described === null) return null;
  const { status, code, message, problems } = described;
  return makeProblem(status, code, message, code === "invalid-input" ? [...problems] : undefined);
}

/** The answer that carries a problem. */
export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  });
}
