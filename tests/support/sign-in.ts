import type { Page } from "playwright-core";
import { OWNER } from "#tests/support/running-app.ts";

/**
 * Signs a page of a browser in by the form, as the owner of a running app unless told otherwise; its context has the
 * app's address.
 */
export async function signIn(page: Page, account: { email: string; password: string } = OWNER): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}
