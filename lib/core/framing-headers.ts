/**
 * Headers, in lower case, that nobody but the sender of a request sets: they decide where a message begins and ends,
 * whom it is for, or what becomes of the connection. All whose names begin with `proxy-` belong to them.
 */
export const FRAMING_HEADERS: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "upgrade",
  "te",
  "trailer",
  "expect",
  "http2-settings",
]);
