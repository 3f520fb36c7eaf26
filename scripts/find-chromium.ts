import { accessSync, constants } from "node:fs";
import { chromium } from "playwright-core";

/**
 * Where browser tests find Chromium: HOOKLINE_CHROMIUM, the system's, or the one Playwright installed; null when
 * nowhere.
 */
export function findChromium(): string | null {
  const places = [
    process.env.HOOKLINE_CHROMIUM,
    "/usr/bin/chromium",
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
