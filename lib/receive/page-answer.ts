import { createHash } from "node:crypto";
import type { SenderAnswer } from "#lib/receive/request-head.ts";

/** The one style of the pages that endpoints show: small, readable, light and dark. */
const STYLE = [
  ":root{color-scheme:light dark}",
  "body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;color:#1c1b22;background:#f7f7f8}",
  "main{max-width:28rem;padding:2rem 1.5rem}",
  "h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25}",
  "p{margin:0 0 1rem}",
  "button{min-height:2.75rem;padding:0 1.25rem;font:inherit;font-weight:600;color:#fff;background:#3b3bc4;border:0;border-radius:.5rem;cursor:pointer}",
  "button:focus-visible{outline:3px solid #1c1b22;outline-offset:3px}",
  "@media (prefers-color-scheme:dark){body{color:#ededf0;background:#161619}button{color:#12121a;background:#b3b5ff}button:focus-visible{outline-color:#ededf0}}",
].join("");

const STYLE_SOURCE = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

/** A page for a person, not for a program. `bodyHtml` is ours, never a sender's. */
export type AnswerPage = {
  readonly status: number;
  readonly title: string;
  readonly bodyHtml: string;
  /** Null: the page has no form. Else where its form may post and be sent on to; "any" where a flow decides that. */
  readonly formTargets: readonly string[] | "any" | null;
};

/**
 * A small HTML page as an answer on `/in`. It is sandboxed like every answer there, so it runs nothing and is nobody's
 * origin; its style is allowed by its hash, and only a page with a form may post one. Pages that ask cannot be framed.
 */
export function pageAnswer(page: AnswerPage): SenderAnswer {
  const asks = page.formTargets !== null;
  const policy = [
    asks ? "sandbox allow-forms" : "sandbox",
    "default-src 'none'",
    `style-src ${STYLE_SOURCE}`,
    "base-uri 'none'",
    ...(asks ? ["frame-ancestors 'none'"] : []),
    ...(asks && page.formTargets !== "any" ? [`form-action ${page.formTargets?.join(" ") ?? "'none'"}`] : []),
  ].join("; ");
  return {
    status: page.status,
    headers: [
      ["cache-control", "no-store"],
      ["content-security-policy", policy],
      ["x-content-type-options", "nosniff"],
      ["referrer-policy", "no-referrer"],
      ["x-robots-tag", "noindex"],
      ["content-type", "text/html; charset=utf-8"],
    ],
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${page.title}</h1>
${page.bodyHtml}
</main>
</body>
</html>
`,
  };
}

/** What a person sees whose form has arrived, where the owner chose nothing else. */
export function thankYouPage(): SenderAnswer {
  return pageAnswer({
    status: 200,
    title: "Thank you",
    bodyHtml: "<p>It has arrived. You can close this page.</p>",
    formTargets: null,
  });
}
