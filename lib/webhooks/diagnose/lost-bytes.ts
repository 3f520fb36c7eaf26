import { mediaType } from "#lib/webhooks/headers.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Keys that must stand in alphabetical order before the order is taken for no accident. */
const SORTED_KEYS_MIN = 6;
const INSPECTED_BYTES_MAX = 256 * 1024;

/**
 * What shows that the signed bytes are gone, so that no guess could bring them back: one sentence for the owner, or
 * null. Only said of requests whose signature no guess matched, and only where the body itself is the evidence.
 */
export function lostBytes(provider: Pick<Provider, "name" | "sample">, request: WebhookRequest): string | null {
  if (request.body.byteLength === 0 || request.body.byteLength > INSPECTED_BYTES_MAX) return null;
  const text = Buffer.from(request.body).toString("utf8");
  if (Buffer.from(text, "utf8").equals(request.body) && text.includes("\uFFFD"))
    return (
      "The body holds replacement characters (\uFFFD): something read it in a wrong character set, and the bytes " +
      "that were signed are lost."
    );
  const value = parse(text);
  const isObject = typeof value === "object" && value !== null;
  const type = mediaType(request.headers);
  if (isObject && type === "application/x-www-form-urlencoded")
    return (
      "The content type says form, but the body is JSON: something turned one into the other, and the form that " +
      "was signed is lost."
    );
  if (!isObject)
    return /(?:^|[/+])json$/.test(type) && /^[\w.[\]%-]+=[^&\s]*(?:&[\w.[\]%-]+=[^&\s]*)*$/.test(text)
      ? "The content type says JSON, but the body is a form: something turned one into the other, and the JSON " +
          "that was signed is lost."
      : null;
  const sample = parse(provider.sample.body);
  if (provider.sample.body.trim().includes("\n") && sample !== undefined && !text.trim().includes("\n"))
    return (
      `${provider.name} usually sends its JSON with line breaks and this body has none: something probably wrote ` +
      "it again, and changed more than white space."
    );
  const numbers = numbersOf(text).filter((number) => /^-?\d{18,}$/.test(number));
  if (numbers.length > 0 && numbers.every((number) => number.endsWith("0") && String(Number(number)) === number))
    return (
      `The number ${numbers[0]} looks rounded: something parsed the body as JavaScript does and wrote it again, ` +
      "and the digits that were signed are lost."
    );
  const order = keyOrders(value);
  if (order.length >= SORTED_KEYS_MIN && isSorted(order) && sample !== undefined && !isSorted(keyOrders(sample)))
    return (
      `The keys of the body stand in alphabetical order, and ${provider.name} does not send them so: something ` +
      "rewrote the body, and the order that was signed is lost."
    );
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The numbers of a JSON text as they are written. */
function numbersOf(json: string): string[] {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*"|(-?\d[\d.eE+-]*)/g)].flatMap(([, number]) =>
    number === undefined ? [] : [number],
  );
}

/** Each pair of neighbouring keys of every object. */
function keyOrders(value: unknown): ReadonlyArray<readonly [string, string]> {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? [] : Object.keys(value);
  return [
    ...keys.slice(1).map((key, index) => [keys[index] ?? "", key] as const),
    ...Object.values(value as Record<string, unknown>).flatMap(keyOrders),
  ];
}

function isSorted(pairs: ReadonlyArray<readonly [string, string]>): boolean {
  return pairs.every(([left, right]) => left < right);
}
