import { ownUrl } from "#lib/platform/own-address.ts";

/** A request to this process's own web server. */
export type OwnRequest = {
  method: string;
  path: string;
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  body: Uint8Array;
  timeoutMs: number;
};

/**
 * Calls this process's own web server over loopback, as anybody else would reach it; `answerCharactersMax` bounds the
 * answer.
 */
export async function callOwnServer(
  request: OwnRequest,
  answerCharactersMax: number,
): Promise<{ status: number; body: string }> {
  const headers = new Headers();
  for (const [name, value] of request.headers) headers.append(name, value);
  const body = request.method === "GET" || request.method === "HEAD" ? undefined : Buffer.from(request.body);
  const answer = await fetch(`${ownUrl()}${request.path}`, {
    method: request.method,
    headers,
    body,
    redirect: "manual",
    signal: AbortSignal.timeout(request.timeoutMs),
  });
  return { status: answer.status, body: (await answer.text()).slice(0, answerCharactersMax) };
}
