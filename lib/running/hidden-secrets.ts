import { JsonText, writeJson } from "#lib/core/json-text.ts";
import { sealData } from "#lib/db/sealed-data.ts";
import { createRedactor, type Redactor } from "#lib/platform/redact.ts";

/** The secrets a run has come to know: none of them is shown or kept in plain, all of them flow on where they stand. */
export class HiddenSecrets {
  readonly #known: Set<string>;
  #redactor: Redactor | null = null;

  /** `known`: those that an earlier worker sealed with what it kept. */
  constructor(known: readonly string[]) {
    this.#known = new Set(known);
  }

  /** Takes in the secrets of a connection that was opened for the run. */
  add(secrets: readonly string[]): void {
    for (const secret of secrets) {
      if (this.#known.has(secret)) continue;
      this.#known.add(secret);
      this.#redactor = null;
    }
  }

  /** A text as it may be shown. */
  text(text: string): string {
    return this.#known.size === 0 ? text : this.#compiled().text(text);
  }

  /** JSON text as it may be shown, and the whole sealed for the row `id` where that is less than all of it. */
  keep(id: string, json: string): { json: string; sealed: Buffer | null } {
    if (this.#known.size === 0) return { json, sealed: null };
    const shown = writeJson(this.#compiled().written(new JsonText(json)));
    if (shown === json) return { json, sealed: null };
    return { json: shown, sealed: sealData(id, { json, secrets: [...this.#known] }) };
  }

  #compiled(): Redactor {
    this.#redactor ??= createRedactor([...this.#known]);
    return this.#redactor;
  }
}
