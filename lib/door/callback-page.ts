import { pageAnswer } from "#lib/door/page-answer.ts";
import type { SenderAnswer } from "#lib/door/request-head.ts";

/** What the page of a link shows; every text is the flow author's, or a name they chose. */
export type AskedPage = {
  question: string;
  by: string;
  offered: readonly { id: string; name: string }[];
  isAsked: boolean;
  dueAt: Date | null;
  /** What was wrong with the answer that was sent from it; null where nothing was. */
  problem: string | null;
};

/** The page that asks. It changes nothing: mail scanners open links, people press buttons. */
export function askingPage(page: AskedPage): SenderAnswer {
  const sentences = [
    ...(page.problem === null ? [] : [`<p class="problem" role="alert">${escapeHtml(page.problem)}</p>`]),
    ...(page.by === "" ? [] : [`<p>This link is for ${escapeHtml(page.by)}.</p>`]),
    ...(page.isAsked ? [] : ["<p>You may answer now already; your answer is kept.</p>"]),
    ...(page.dueAt === null ? [] : [`<p>Answer by ${minuteText(page.dueAt)}.</p>`]),
  ];
  const buttons = page.offered.map(
    ({ id, name }, index) =>
      `<button type="submit" name="choice" value="${escapeHtml(id)}"${index === 0 ? "" : ' class="other"'}>` +
      `${escapeHtml(name)}</button>`,
  );
  return pageAnswer({
    status: page.problem === null ? 200 : 422,
    title: escapeHtml(page.question),
    bodyHtml: `${sentences.join("\n")}
<form method="post">
<label for="note">Note <span>(optional)</span></label>
<textarea id="note" name="note" rows="3" maxlength="10000"></textarea>
${buttons.join("\n")}
</form>`,
    formTargets: ["'self'"],
  });
}

/** A page that only tells: the answer was taken, or why it was not. */
export function toldPage(status: number, title: string, sentence: string): SenderAnswer {
  return pageAnswer({
    status,
    title: escapeHtml(title),
    bodyHtml: `<p>${escapeHtml(sentence)}</p>`,
    formTargets: null,
  });
}

/** A moment as these pages and their JSON say it. */
export function minuteText(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
