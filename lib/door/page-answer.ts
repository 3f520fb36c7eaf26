import { createHash } from "node:crypto";
import type { SenderAnswer } from "#lib/door/request-head.ts";

/** The one style of the pages that endpoints show: small, readable, light and dark, in the colours of the product. */
const STYLE = [
  ":root{color-scheme:light dark}",
  "*{box-sizing:border-box}",
  "body{margin:0;min-height:100vh;min-height:100dvh;padding:1rem;display:grid;place-items:center;" +
    "font:1rem/1.5 Inter,system-ui,sans-serif;overflow-wrap:anywhere;color:#16181d;background:#f7f7f8}",
  "main{width:100%;max-width:26rem;padding:2rem 1.5rem;background:#fff;border:1px solid #dddfe4;border-radius:12px}",
  "svg{display:block;width:2.5rem;height:2.5rem;margin:0 0 1rem;padding:.625rem;" +
    "border-radius:8px;color:#1b6b3a;background:#e3f4e8}",
  ".ask svg{color:#2449af;background:#e8edfd}",
  "h1{margin:0 0 .25rem;font-size:1.25rem;line-height:1.75rem;font-weight:600}",
  "p{margin:0;color:#4a4f5a}",
  "form{margin:1.5rem 0 0}",
  "button{width:100%;min-height:2.75rem;padding:0 1rem;font:inherit;font-weight:500;" +
    "color:#fff;background:#2f5bd8;border:1px solid transparent;border-radius:6px;cursor:pointer}",
  "button:hover{background:#264cb8}",
  "button:focus-visible,textarea:focus-visible{outline:2px solid #2f5bd8;outline-offset:2px}",
  "button+button{margin-top:.5rem}",
  ".other{color:#16181d;background:#fff;border-color:#868b96}",
  ".other:hover{background:#f0f1f3}",
  ".problem{margin:.5rem 0;color:#a3221f}",
  "label{display:block;margin:0 0 .25rem;font-size:.875rem;font-weight:500}",
  "label span{font-weight:400;color:#4a4f5a}",
  "textarea{width:100%;margin:0 0 1rem;padding:.5rem .75rem;font:inherit;color:inherit;background:#fff;" +
    "border:1px solid #868b96;border-radius:6px;resize:vertical}",
  "@media (prefers-color-scheme:dark){",
  "body{color:#edeef1;background:#0f1115}",
  "main{background:#16191f;border-color:#2a2f39}",
  "p{color:#b4b9c4}",
  "svg{color:#7fd69b;background:#12301d}",
  ".ask svg{color:#a9bffb;background:#1b2747}",
  "button{color:#0b1430;background:#7c9cf8}",
  "button:hover{background:#94affa}",
  "button:focus-visible,textarea:focus-visible{outline-color:#8fabfa}",
  ".other{color:#edeef1;background:#16191f;border-color:#767d8b}",
  ".other:hover{background:#20242c}",
  ".problem{color:#ff9a93}",
  "label span{color:#b4b9c4}",
  "textarea{background:#0f1115;border-color:#767d8b}",
  "}",
].join("");

const MARKS = {
  done: '<path d="M20 6 9 17l-5-5"/>',
  ask: '<circle cx="12" cy="12" r="10"/><path d="M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3"/><path d="M12 17h.01"/>',
};

const PEN = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';

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
  const mark = asks ? "ask" : "done";
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
<main class="${mark}">
<svg viewBox="0 0 24 24" ${PEN} aria-hidden="true">${MARKS[mark]}</svg>
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
