import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { openBrowser, openPage } from "#tests/support/browser.ts";
import { type RunningApp, startApp } from "#tests/support/running-app.ts";
import { signIn } from "#tests/support/sign-in.ts";

/** The built app and a browser whose context is signed in as its owner. */
export type SignedInApp = { readonly app: RunningApp; readonly browser: Browser; readonly context: BrowserContext };

/**
 * Starts both for all tests of a file and stops them after the last. Call at the top of the file; read its parts inside
 * tests and hooks only.
 */
export function useSignedInApp(): SignedInApp {
  let site: SignedInApp | null = null;
  beforeAll(async () => {
    const [app, browser] = await Promise.all([startApp({ owner: true }), openBrowser()]);
    const context = await browser.newContext({ baseURL: app.url });
    site = { app, browser, context };
    const { page } = await openPage(context);
    await signIn(page);
    await page.close();
  });
  afterAll(async () => {
    await site?.browser.close();
    await site?.app.stop();
  });
  const ready = (): SignedInApp => {
    if (site === null) throw new Error("The app runs only inside tests and hooks.");
    return site;
  };
  return {
    get app() {
      return ready().app;
    },
    get browser() {
      return ready().browser;
    },
    get context() {
      return ready().context;
    },
  };
}
