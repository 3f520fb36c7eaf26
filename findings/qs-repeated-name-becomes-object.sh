#!/usr/bin/env bash
# A form field or query name that comes 21 times is an object in qs, no longer a list.
# Needs node and npm. Exits with 1 when the package no longer behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --save-exact qs@6.17.1
cat > look.mjs <<'LOOK'
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const versions = "qs@6.17.1".split(" ");
console.log(versions.join(", "));
let changed = false;
/** Prints what was seen, and remembers when it is something else than before. */
function seen(what, is, was) {
  const same = JSON.stringify(is) === JSON.stringify(was);
  changed ||= !same;
  console.log(`${what}: ${JSON.stringify(is)}${same ? "" : `   CHANGED, was ${JSON.stringify(was)}`}`);
}
const qs = require("qs");
const kind = (times) => (Array.isArray(qs.parse(Array.from({ length: times }, (_, i) => `item=${i}`).join("&")).item) ? "list" : "object");
seen("item=0&item=1&… 20 times", kind(20), "list");
seen("item=0&item=1&… 21 times", kind(21), "object");
process.exit(changed ? 1 : 0);
LOOK
node look.mjs
