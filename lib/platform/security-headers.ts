/**
 * The content security policy of every page. Scripts run by nonce only. Styles allow inline because React Flow places
 * its nodes by style attributes and CodeMirror and the toasts write style elements at run time; a style cannot run
 * code. `development` allows what the dev server needs: eval for source maps, web sockets for reloading.
 */
export function contentSecurityPolicy(nonce: string, development: boolean): string {
  const rules: Record<string, string[]> = {
    "default-src": ["'self'"],
    "script-src": ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'", ...(development ? ["'unsafe-eval'"] : [])],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", ...(development ? ["ws:", "wss:"] : [])],
    "worker-src": ["'self'", "blob:"],
    "frame-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
  return Object.entries(rules)
    .map(([name, values]) => `${name} ${values.join(" ")}`)
    .join("; ");
}

/**
 * The policy of answers that are data and no page, downloads of what senders sent among them: nothing in them may run.
 */
export const DATA_CONTENT_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

/**
 * Headers of every answer that may hold a workspace's data. Referrer-Policy is same-origin, not no-referrer: browsers
 * send "Origin: null" with forms of a no-referrer page, and such requests are refused.
 */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "private, no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/**
 * Strict-Transport-Security, sent over https where the public address is https: half a year, this host alone, no
 * preload list, so that whoever gives up TLS is locked out of nothing for longer (RFC 6797 §6.1, §14.2).
 */
export const TRANSPORT_SECURITY = "max-age=15552000";
