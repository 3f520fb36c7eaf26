import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, inject } from "vitest";
import { openBrowser, openPage } from "#tests/support/browser.ts";
import { apiOf, type CalledApp, startApp } from "#tests/support/running-app.ts";
import { signIn } from "#tests/support/sign-in.ts";

/** The built app and a browser whose context is signed in as its owner. */
export type SignedInApp = {
  readonly app: CalledApp;
  readonly browser: Browser;
  readonly context: BrowserContext;
};

/**
 * Opens a browser for all tests of a file at the app that such files share, or at one of the file's `own` where what
 * others make would be in the way. Call at the top of the file; read its parts inside tests and hooks only.
 */
export function useSignedInApp({ own = false } = {}): SignedInApp {
  let site: (SignedInApp & { stop: () => Promise<void> }) | null = null;
  beforeAll(async () => {
    const [app, browser] = await Promise.all([own ? startApp({ owner: true }) : sharedApp(), openBrowser()]);
    const context = await browser.newContext({ baseURL: app.url });
    site = { app, browser, context, stop: () => app.stop() };
    const { page } = await openPage(context);
    await signIn(page);
    await page.close();
  });
  afterAll(async () => {
    await site?.browser.close();
    await site?.stop();
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

function sharedApp() {
  const url = inject("sharedAppUrl");
  return { url, api: apiOf(url), stop: () => Promise.resolve() };
}
