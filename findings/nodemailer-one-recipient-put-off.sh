#!/usr/bin/env bash
# sendMail resolves although the server put off one of two recipients (452): only 'rejected' tells.
# Needs node and npm. Exits with 1 when the package no longer behaves like this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --save-exact nodemailer@10.6.0 smtp-server@3.16.0
cat > look.mjs <<'LOOK'
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const versions = "nodemailer@10.6.0 smtp-server@3.16.0".split(" ");
console.log(versions.join(", "));
let changed = false;
/** Prints what was seen, and remembers when it is something else than before. */
function seen(what, is, was) {
  const same = JSON.stringify(is) === JSON.stringify(was);
  changed ||= !same;
  console.log(`${what}: ${JSON.stringify(is)}${same ? "" : `   CHANGED, was ${JSON.stringify(was)}`}`);
}
const { SMTPServer } = require("smtp-server");
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onRcptTo: ({ address }, _session, done) =>
    done(address.startsWith("later") ? Object.assign(new Error("try later"), { responseCode: 452 }) : null),
  onData: (stream, _session, done) => stream.resume().on("end", done),
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const transport = require("nodemailer").createTransport({ host: "127.0.0.1", port: server.server.address().port });
const to = ["now@example.com", "later@example.com"];
const outcome = await transport.sendMail({ from: "a@example.com", to, text: "x" }).then(
  ({ accepted, rejected }) => ({ resolved: true, accepted, rejected }),
  () => ({ resolved: false }),
);
seen("one of two recipients was put off", outcome, {
  resolved: true,
  accepted: ["now@example.com"],
  rejected: ["later@example.com"],
});
process.exit(changed ? 1 : 0);
LOOK
node look.mjs
