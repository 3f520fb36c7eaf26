/** What a snippet is made for. */
export type SnippetOptions = {
  /** The endpoint's address. */
  url: string;
  honeypot: string | null;
  minimumSeconds: number | null;
  withFile: boolean;
  /** Where the owner sends browsers afterwards; null = nowhere. */
  thankYouUrl: string | null;
};

/** The hidden field in which the script says how long the page was open; lib/door/check-form.ts reads it. */
const OPEN_TIME_FIELD = "hookline_open_ms";

/** An HTML form that posts by itself, with a script only where the minimum time needs one. */
export function formSnippet(options: SnippetOptions): string {
  const script = options.minimumSeconds === null ? [] : ["<script>", indented(openTimeScript()), "</script>"];
  return [...formLines(options, false), ...script].join("\n");
}

/** The same form posted by fetch, so that the page stays; without JavaScript it posts by itself. */
export function fetchSnippet(options: SnippetOptions): string {
  return [...formLines(options, true), "<script>", indented(fetchScript(options)), "</script>"].join("\n");
}

/** The script of the plain form alone, for a file of its own. */
export function openTimeScript(): string {
  return [
    'const form = document.querySelector("form[data-hookline]");',
    'form.addEventListener("submit", () => {',
    `  form.elements.${OPEN_TIME_FIELD}.value = Math.round(performance.now());`,
    "});",
  ].join("\n");
}

/** The script of the fetch form alone, for a file of its own. */
export function fetchScript(options: SnippetOptions): string {
  const { thankYouUrl, minimumSeconds } = options;
  return [
    'const form = document.querySelector("form[data-hookline]");',
    'form.addEventListener("submit", async (event) => {',
    "  event.preventDefault();",
    "  const fields = new FormData(form);",
    ...(minimumSeconds === null ? [] : [`  fields.set("${OPEN_TIME_FIELD}", Math.round(performance.now()));`]),
    '  const status = form.querySelector("[role=status]");',
    "  try {",
    '    const answer = await fetch(form.action, { method: "POST", body: fields });',
    ...(thankYouUrl === null
      ? []
      : [`    if (answer.ok) return location.assign(${JSON.stringify(thankYouUrl).replaceAll("<", "\\u003c")});`]),
    '    status.textContent = answer.ok ? "Thank you, it has arrived." : await answer.text();',
    "    if (answer.ok) form.reset();",
    "  } catch {",
    '    status.textContent = "It did not arrive. Please try again.";',
    "  }",
    "});",
  ].join("\n");
}

/** What a page with a strict content security policy must allow for each kind of snippet, as directives to add. */
export function policyFor(options: SnippetOptions): { form: string; fetch: string } {
  const origin = new URL(options.url).origin;
  const thankYou =
    options.thankYouUrl !== null && URL.canParse(options.thankYouUrl) ? new URL(options.thankYouUrl).origin : null;
  const targets = [...new Set([origin, ...(thankYou === null ? [] : [thankYou])])].join(" ");
  return { form: `form-action ${targets}`, fetch: `connect-src ${origin}; form-action ${targets}` };
}

function formLines({ url, honeypot, minimumSeconds, withFile }: SnippetOptions, byFetch: boolean): string[] {
  return [
    `<form data-hookline method="post"${withFile ? ' enctype="multipart/form-data"' : ""}`,
    `  action="${escaped(url)}">`,
    '  <p><label>Name <input name="name" autocomplete="name" required></label></p>',
    '  <p><label>E-mail <input name="email" type="email" autocomplete="email" required></label></p>',
    '  <p><label>Message <textarea name="message" required></textarea></label></p>',
    ...(withFile ? ['  <p><label>File <input name="file" type="file"></label></p>'] : []),
    ...(honeypot === null
      ? []
      : [
          `  <div hidden><label>Leave this empty <input name="${escaped(honeypot)}" tabindex="-1" ` +
            'autocomplete="off"></label></div>',
        ]),
    ...(minimumSeconds === null ? [] : [`  <input type="hidden" name="${OPEN_TIME_FIELD}">`]),
    '  <button type="submit">Send</button>',
    ...(byFetch ? ['  <p role="status"></p>'] : []),
    "</form>",
  ];
}

function indented(script: string): string {
  return script
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
