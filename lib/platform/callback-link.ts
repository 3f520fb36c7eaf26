import { createHmac, timingSafeEqual } from "node:crypto";
import { publicUrl } from "./public-url.ts";
import { secretKey } from "./secret-key.ts";
import { singleton } from "./singleton.ts";

/** What a link is about: a step of a run, and which of its links it is (see `CallbackLink` of the engine). */
export type LinkedStep = { runId: string; path: string; link: string };

const RUN_BYTES = 16;
const MAC_BYTES = 16;
const TOKEN = /^[A-Za-z0-9_-]{44,1000}$/;

/**
 * The secret part of a link's address: the run, the step's path and the link's name with a MAC of the instance's secret
 * key. The same three give the same text at all times, and whoever does not have the key makes none that is good.
 */
function writeCallbackToken({ runId, path, link }: LinkedStep): string {
  const run = Buffer.from(runId.replaceAll("-", ""), "hex");
  const place = Buffer.from(`${path}\0${link}`, "utf8");
  return Buffer.concat([run, macOf(run, place), place]).toString("base64url");
}

/** The whole address of a link. */
export function callbackAddress(step: LinkedStep): string {
  return `${publicUrl()}/answer/${writeCallbackToken(step)}`;
}

/** What a token is about; null for any that this instance did not make. Nothing is looked up for it. */
export function readCallbackToken(token: string): LinkedStep | null {
  const bytes = Buffer.from(TOKEN.test(token) ? token : "", "base64url");
  const run = bytes.subarray(0, RUN_BYTES);
  const mac = bytes.subarray(RUN_BYTES, RUN_BYTES + MAC_BYTES);
  const place = bytes.subarray(RUN_BYTES + MAC_BYTES);
  const expected = macOf(run, place);
  const isOurs = mac.byteLength === MAC_BYTES && timingSafeEqual(mac, expected);
  // Base64 spells the last byte in several ways; a link has one.
  if (!isOurs || bytes.toString("base64url") !== token) return null;
  const [path = "", link = ""] = place.toString("utf8").split("\0");
  const hex = run.toString("hex");
  const runId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { runId, path, link };
}

function macOf(run: Buffer, place: Buffer): Buffer {
  return createHmac("sha256", linkKey()).update(run).update(place).digest().subarray(0, MAC_BYTES);
}

/** A key for this purpose alone. */
function linkKey(): Buffer {
  return singleton("callback-link-key", () =>
    createHmac("sha256", secretKey()).update("hookline callback links v1").digest(),
  );
}
