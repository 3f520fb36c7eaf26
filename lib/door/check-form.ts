import { listFields } from "#lib/bodies/list-fields.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import { SECOND } from "#lib/core/units.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import { failed, type Refusal, refuse } from "#lib/door/refusals.ts";
import { parseBody, scalarText } from "#lib/webhooks/body-fields.ts";
import { headerValue } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * The field in which the form's script says how many milliseconds the page was open. A length, not a time of day: a
 * visitor's clock that is wrong must not cost the message.
 */
export const OPEN_TIME_FIELD = "hookline_open_ms";

type FormSettings = Pick<EndpointSettings, "form">;
type FormRequest = Pick<WebhookRequest, "headers" | "body">;

/** Whether posts to this endpoint are looked at as forms at all. */
export function isFormChecked({ form }: FormSettings): boolean {
  return form.honeypot !== null || form.minimumSeconds !== null;
}

/**
 * Looks for what programs do that fill in every form: a filled hidden field, or a post right after opening the page.
 * What cannot be known (no script, unreadable body) is a failed check but never a refusal: it may be a person.
 */
export function checkForm(
  { form }: FormSettings,
  request: FormRequest,
): { checks: RequestCheck[]; refusal: Refusal | null } {
  const fields = readFields(form, request);
  if (fields === null) {
    const message =
      "The body could not be read as form fields or JSON, so nobody can say whether a program filled it in; accepted.";
    return { checks: [{ id: "form", status: "failed", message }], refusal: null };
  }
  const checks: RequestCheck[] = [];
  for (const outcome of [checkHoneypot(form.honeypot, fields), checkOpenTime(form.minimumSeconds, fields)]) {
    if (outcome === null) continue;
    if ("kind" in outcome) return { checks: [...checks, failed(outcome)], refusal: outcome };
    checks.push(outcome);
  }
  return { checks, refusal: null };
}

type Fields = ReadonlyArray<readonly [name: string, value: string]>;

function checkHoneypot(name: string | null, fields: Fields): Refusal | RequestCheck | null {
  if (name === null) return null;
  const filled = fields.some(([field, value]) => field === name && value.trim() !== "");
  if (!filled) return { id: "honeypot", status: "passed", message: `The hidden field "${name}" is empty.` };
  return refuse(
    "honeypot-filled",
    `The field "${name}", which people do not see, was filled in. The sender was shown the usual answer; no ` +
      "event was stored.",
  );
}

function checkOpenTime(minimumSeconds: number | null, fields: Fields): Refusal | RequestCheck | null {
  if (minimumSeconds === null) return null;
  const text = fields.find(([field]) => field === OPEN_TIME_FIELD)?.[1].trim() ?? "";
  if (!/^\d{1,12}$/.test(text)) {
    const message =
      `The field ${OPEN_TIME_FIELD} does not say how long the page was open (a visitor without JavaScript, or a ` +
      "form without the script); accepted.";
    return { id: "open-time", status: "failed", message };
  }
  const seconds = Number(text) / SECOND;
  const shown = seconds.toLocaleString("en", { maximumFractionDigits: 1 });
  if (seconds >= minimumSeconds)
    return { id: "open-time", status: "passed", message: `The page was open for ${shown} s.` };
  return refuse(
    "sent-too-fast",
    `The page was open for ${shown} s only; people need at least ${minimumSeconds} s. The sender was shown the ` +
      "usual answer; no event was stored.",
  );
}

/** The looked-at fields of a posted form, or the top of a JSON object; null when the body is neither. */
function readFields(form: FormSettings["form"], request: FormRequest): Fields | null {
  if (request.body.byteLength === 0) return [];
  // Of a large body this is what was read of it before; a form's fields are found without parsing its files.
  const { kind, value } = { value: null, ...parseBody(request) };
  if (kind !== "json") return readForm(form, request);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return Object.entries(value).flatMap(([name, field]) => {
    const text = scalarText(field);
    return text === null ? [] : [[name, text] as const];
  });
}

function readForm({ honeypot }: FormSettings["form"], { headers, body }: FormRequest): Fields | null {
  const names = new Set(honeypot === null ? [OPEN_TIME_FIELD] : [honeypot, OPEN_TIME_FIELD]);
  return (
    listFields(headerValue(headers, "content-type"), body, { names })?.map(({ name, text }) => [name, text]) ?? null
  );
}
