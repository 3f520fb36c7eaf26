import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptions } from "#lib/auth/auth-options.ts";
import { publicUrl } from "#lib/platform/public-url.ts";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ nextauth: string[] }> };

async function handle(request: NextRequest, context: Context): Promise<Response> {
  // next-auth makes OAuth's return address from this variable and from nothing a request can say.
  process.env.NEXTAUTH_URL = publicUrl();
  return NextAuth(request, context, authOptions(request.headers)) as Promise<Response>;
}

export { handle as GET, handle as POST };
