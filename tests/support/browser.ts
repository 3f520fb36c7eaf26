import AxeBuilder from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "#scripts/find-chromium.ts";

/** Opens a real Chromium without any of its background traffic. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("There is no Chromium: run `npm test` once, it installs it.");
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
  });
}

/**
 * A page of a browser context with everything it complained about: errors, refused scripts and styles, failed requests
 * of ours.
 */
export async function openPage(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text()))
      complaints.push(`console: ${message.text()}`);
  });
  return { page, complaints };
}

/**
 * Waits until the button with this text does what it says: before its page has woken up, what is clicked and typed is
 * lost.
 */
export async function untilAwake(page: Page, buttonText: string): Promise<void> {
  await page.waitForFunction((text) => {
    const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === text);
    return button !== undefined && Object.keys(button).some((key) => key.startsWith("__reactProps"));
  }, buttonText);
}

const BY_STANDARD = { type: "tag" as const, values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };

const SETTLE_MS = 3_000;

/** On a busy machine one look takes longer than a page to settle. */
const LOOKS_MIN = 4;

/** The rules of axe whose outcome depends on a page's colours. */
export const COLOR_RULES: readonly string[] = ["color-contrast", "link-in-text-block"];

/**
 * What axe finds wrong with the page once it has settled, by WCAG 2.2 AA; one line each. A page that is still waking up
 * or fading in is looked at again, for 3 s and four times at least: what stays is wrong. `rules`: only by these.
 */
export async function findAxeProblems(page: Page, rules?: readonly string[]): Promise<string[]> {
  const until = performance.now() + SETTLE_MS;
  for (let looks = 1; ; looks += 1) {
    // Otherwise the builder opens a page of its own to put what the frames say together: three times as long.
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode()
      .options({
        resultTypes: ["violations"],
        runOnly: rules === undefined ? BY_STANDARD : { type: "rule", values: [...rules] },
      })
      .analyze();
    if (violations.length === 0 || (looks >= LOOKS_MIN && performance.now() > until))
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
    await page.waitForTimeout(250);
  }
}

/** The browser also complains of the test's own looking into a page that allows no script. */
export function isOurs(complaint: string): boolean {
  return !complaint.includes("the document's frame is sandboxed and the 'allow-scripts' permission is not set");
}

/**
 * Axe runs by script, which answers on `/in` do not allow: the same document is judged outside of its sandbox, light
 * and dark.
 */
export async function findAxeProblemsOfSandboxed(shown: Page): Promise<string[]> {
  const page = await shown.context().newPage();
  await page.setContent(await shown.content());
  const problems: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    problems.push(...(await findAxeProblems(page)).map((problem) => `${colorScheme}: ${problem}`));
  }
  await page.close();
  return problems;
}
