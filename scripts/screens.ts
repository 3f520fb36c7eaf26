import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "./find-chromium.ts";
import { FIXED_PAGES } from "./fixed-pages.ts";
import { say } from "./say.ts";

type Shot = { name: string; at: string };

const THEMES = ["light", "dark"] as const;
const WIDTHS = [1280, 390] as const;
const SHEET_COLUMN = 320;

/**
 * Shoots every page of a running Hookline, light and dark, wide and narrow, and puts all of them on one sheet:
 * `HOOKLINE_ADMIN_EMAIL=… HOOKLINE_ADMIN_PASSWORD=… node scripts/screens.ts <url> [folder]`.
 */
async function shootScreens(url: string, folder: string): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("There is no Chromium: run `npm test` once, it installs it.");
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });
  try {
    const shots: Shot[] = [];
    for (const theme of THEMES)
      for (const width of WIDTHS) {
        const page = await openSignedIn(browser, url, theme, width);
        for (const { name, at } of await listPages(page, url)) {
          await page.goto(url + at);
          await page.locator("main").waitFor();
          await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => undefined);
          const file = `${name}-${theme}-${width}.png`;
          await page.screenshot({ path: path.join(folder, file) });
          shots.push({ name: file, at });
          say(`shot ${file}`);
        }
        await page.context().close();
      }
    await drawSheet(browser, folder, shots);
  } finally {
    await browser.close();
  }
}

async function openSignedIn(browser: Browser, url: string, theme: string, width: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, reducedMotion: "reduce" });
  await context.addCookies([{ name: "hookline.theme", value: theme, url }]);
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("E-mail").fill(process.env.HOOKLINE_ADMIN_EMAIL ?? "");
  await page.getByLabel("Password").fill(process.env.HOOKLINE_ADMIN_PASSWORD ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((now) => !now.pathname.startsWith("/sign-in"));
  return page;
}

/** The lists and forms, and the first item of every list that has one. */
async function listPages(page: Page, url: string): Promise<Shot[]> {
  const pages: Shot[] = FIXED_PAGES.map((at) => ({ name: at.slice(1).replaceAll("/", "-"), at }));
  for (const list of ["endpoints", "flows", "runs", "connections"]) {
    await page.goto(`${url}/${list}`);
    const first = page.locator(`main a[href^="/${list}/"]:not([href$="/new"])`).first();
    const at = await first.getAttribute("href", { timeout: 5_000 }).catch(() => null);
    if (at !== null) pages.push({ name: list.slice(0, -1), at });
  }
  return pages;
}

async function drawSheet(browser: Browser, folder: string, shots: readonly Shot[]): Promise<void> {
  const cells = shots
    .map(({ name }) => `<figure><img src="${name}" width="${SHEET_COLUMN}"><figcaption>${name}</figcaption></figure>`)
    .join("");
  const sheet = path.join(folder, "all.html");
  writeFileSync(
    sheet,
    "<!doctype html><style>body{font:12px sans-serif;display:flex;flex-wrap:wrap;gap:16px;padding:16px}" +
      `figure{margin:0}img{border:1px solid #ccc}</style>${cells}`,
  );
  const page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
  await page.goto(`file://${path.resolve(sheet)}`);
  await page.screenshot({ path: path.join(folder, "all.png"), fullPage: true });
}

const [url, folder = path.join("docs", "screens")] = process.argv.slice(2);
if (url === undefined) {
  say("Name the address of a running Hookline: node scripts/screens.ts http://127.0.0.1:3000 [folder]");
  process.exitCode = 2;
} else await shootScreens(url.replace(/\/$/, ""), folder);
