import { accessSync, constants } from "node:fs";
import { chromium } from "playwright-core";

/** Debian's Chromium with its windows, which takes more of a processor to show the same pages. */
export const WHOLE_BROWSER = "/usr/bin/chromium";

/**
 * Where browser tests find Chromium: HOOKLINE_CHROMIUM, the system's, or the one Playwright installed; null when
 * nowhere.
 */
export function findChromium(): string | null {
  const places = [
    process.env.HOOKLINE_CHROMIUM,
    // The engine without a window and all that belongs to one: 40 % less work.
    "/usr/bin/chromium-headless-shell",
    WHOLE_BROWSER,
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome-stable",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    playwrightsOwn(),
  ];
  return places.find((place) => place !== undefined && place !== "" && isExecutable(place)) ?? null;
}

function playwrightsOwn(): string | undefined {
  try {
    return chromium.executablePath();
  } catch {
    return undefined;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
