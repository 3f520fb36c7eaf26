#!/usr/bin/env bash
# verify() of a rightly signed body that is not JSON throws a SyntaxError, not a verification error.
# Needs node and npm. Exits with 1 when the package no longer behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --save-exact standardwebhooks@1.0.0 svix@1.80.0
cat > look.mjs <<'LOOK'
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const versions = "standardwebhooks@1.0.0 svix@1.80.0".split(" ");
console.log(versions.join(", "));
let changed = false;
/** Prints what was seen, and remembers when it is something else than before. */
function seen(what, is, was) {
  const same = JSON.stringify(is) === JSON.stringify(was);
  changed ||= !same;
  console.log(`${what}: ${JSON.stringify(is)}${same ? "" : `   CHANGED, was ${JSON.stringify(was)}`}`);
}
const secret = `whsec_${Buffer.from("a".repeat(24)).toString("base64")}`;
for (const [name, prefix] of [
  ["standardwebhooks", "webhook"],
  ["svix", "svix"],
]) {
  const webhook = new (require(name).Webhook)(secret);
  const [now, body] = [new Date(), "plain text"];
  const headers = {
    [`${prefix}-id`]: "m1",
    [`${prefix}-timestamp`]: String(Math.floor(now.getTime() / 1000)),
    [`${prefix}-signature`]: webhook.sign("m1", now, body),
  };
  const thrown = (() => {
    try {
      return webhook.verify(body, headers);
    } catch (error) {
      return error.name;
    }
  })();
  seen(`${name} on a signed text`, thrown, "SyntaxError");
}
process.exit(changed ? 1 : 0);
LOOK
node look.mjs
