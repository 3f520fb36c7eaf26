import type { ActionResult } from "#lib/core/action-result.ts";

/** What trying a connection came to, in plain words. */
export type TrialResult = {
  ok: boolean;
  code: string;
  message: string;
  transcript: readonly string[];
  refusal: { address: string | null; port: number | null; allowable: boolean } | null;
};

/** What the pages of connections can ask the server for. */
export type ConnectionActions = {
  save(id: string | null, input: unknown): Promise<ActionResult<{ id: string }>>;
  test(input: unknown): Promise<ActionResult<TrialResult>>;
  remove(id: string): Promise<ActionResult>;
  restore(id: string): Promise<ActionResult>;
  limitHosts(id: string, hosts: readonly string[]): Promise<ActionResult>;
  allow(input: { address: string; port: number; note: string }): Promise<ActionResult<{ id: string }>>;
};
