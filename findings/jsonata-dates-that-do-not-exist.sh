#!/usr/bin/env bash
# $toMillis with a picture moves 30 February on to 2 March instead of refusing it.
# Needs node and npm. Exits with 1 when the package no longer behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --save-exact jsonata@2.2.2
cat > look.mjs <<'LOOK'
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const versions = "jsonata@2.2.2".split(" ");
console.log(versions.join(", "));
let changed = false;
/** Prints what was seen, and remembers when it is something else than before. */
function seen(what, is, was) {
  const same = JSON.stringify(is) === JSON.stringify(was);
  changed ||= !same;
  console.log(`${what}: ${JSON.stringify(is)}${same ? "" : `   CHANGED, was ${JSON.stringify(was)}`}`);
}
const jsonata = require("jsonata");
const millis = await jsonata('$toMillis("2026-02-30", "[Y]-[M01]-[D01]")').evaluate({});
seen("2026-02-30", new Date(millis).toISOString(), "2026-03-02T00:00:00.000Z");
process.exit(changed ? 1 : 0);
LOOK
node look.mjs
