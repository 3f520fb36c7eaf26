import type { TestProject } from "vitest/node";
import { startApp } from "./running-app.ts";
import { ensureTemplate, makeDatabase } from "./template-database.ts";

declare module "vitest" {
  interface ProvidedContext {
    sharedAppUrl: string;
  }
}

/** One app for all browser tests that look only at what they made themselves; its cluster must run before. */
export default async function startSharedApp(project: TestProject): Promise<() => Promise<void>> {
  const clusterUrl = process.env.HOOKLINE_TEST_CLUSTER ?? "";
  const template = await ensureTemplate(clusterUrl, new Date());
  const app = await startApp({ owner: true }, () => makeDatabase(clusterUrl, `TEMPLATE ${template}`));
  project.provide("sharedAppUrl", app.url);
  return () => app.stop();
}
