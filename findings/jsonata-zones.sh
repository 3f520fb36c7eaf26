#!/usr/bin/env bash
# $fromMillis gives NaN for a named zone, five minutes for +05:00 and -04:30 for -0330, and says nothing.
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
const at = (zone) => jsonata(`$fromMillis(0, "[H01]:[m01] [Z]", "${zone}")`).evaluate({});
seen("00:00 UTC at +0530 (right)", await at("+0530"), "05:30 +05:30");
seen("00:00 UTC at +05:00", await at("+05:00"), "00:05 +00:05");
seen("00:00 UTC at -0330", await at("-0330"), "19:30 -04:30");
const named = await jsonata('$fromMillis(0, "[H01]:[m01]", "Europe/Berlin")').evaluate({});
seen("00:00 UTC in Europe/Berlin", named, "NaN:NaN");
process.exit(changed ? 1 : 0);
LOOK
node look.mjs
