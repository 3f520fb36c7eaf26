#!/usr/bin/env bash
# pg writes a JavaScript list as a Postgres array: an empty one reaches a jsonb column as {}, an object.
# Needs node and npm. Exits with 1 when the package no longer behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --save-exact pg@8.16.3
cat > look.mjs <<'LOOK'
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const versions = "pg@8.16.3".split(" ");
console.log(versions.join(", "));
let changed = false;
/** Prints what was seen, and remembers when it is something else than before. */
function seen(what, is, was) {
  const same = JSON.stringify(is) === JSON.stringify(was);
  changed ||= !same;
  console.log(`${what}: ${JSON.stringify(is)}${same ? "" : `   CHANGED, was ${JSON.stringify(was)}`}`);
}
const { prepareValue } = require("pg/lib/utils");
seen("parameter []", prepareValue([]), "{}");
seen("parameter {}", prepareValue({}), "{}");
seen("parameter [1]", prepareValue([1]), '{"1"}');
process.exit(changed ? 1 : 0);
LOOK
node look.mjs
