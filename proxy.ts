import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy, DATA_CONTENT_POLICY, DATA_HEADERS } from "#lib/platform/security-headers.ts";

/**
 * Gives every page a script nonce and the security headers, and tells it its own path. It authorizes nothing: every
 * page, action and route asks for its actor itself and is as safe without this file.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  headers.set("x-hookline-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  // What is set here wins over what a route sets itself.
  response.headers.set(
    "content-security-policy",
    DATA_ROUTES.test(request.nextUrl.pathname) ? DATA_CONTENT_POLICY : policy,
  );
  for (const [name, value] of Object.entries(DATA_HEADERS)) response.headers.set(name, value);
  return response;
}

const DATA_ROUTES = /^\/api\/(?:live|ui|v1)(?:\/|$)/;

/** Everything but built files, health checks and the addresses of endpoints: a proxy cuts bodies to 10 MB. */
export const config = {
  matcher: ["/((?!in$|in/|_next/static/|_next/image/|favicon\\.ico$|icon|healthz$|readyz$|metrics$).*)"],
};
