import { generateKeyPairSync, sign } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  type BrokenSetup,
  github,
  JSON_BODY,
  JSON_TYPE,
  mac,
  SECONDS,
  SECRET,
  slack,
  URL_HERE,
} from "#tests/support/broken-setup.ts";

const VALUE = { b: 1, a: "caf\u00e9/<x>", list: [1, 2] };
const EXACT = '{"id":820982911946154508,"price":1.0,"big":1e3,"name":"caf\u00e9"}';
const FORM = "name=Ada+Lovelace&n=3&ok=true";
const UNICODE = '{"b":1,"a":"caf\\u00e9\\/<x>","list":[1,2]}';

/** A body that arrives in one form and was signed in another. */
const changed = (
  what: string,
  signed: string | Uint8Array,
  arrived: string | Uint8Array,
  finds: string,
): BrokenSetup => ({
  what,
  provider: "github",
  headers: github(`sha256=${mac(Buffer.from(signed))}`),
  body: arrived,
  finds,
});
const rewritten = (what: string, signed: string, arrived: string): BrokenSetup =>
  changed(what, signed, arrived, "body-reserialised");

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const RAW_KEY = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
const discord = (what: string, secret: string, encoding: "hex" | "base64", finds: string): BrokenSetup => ({
  what,
  provider: "discord",
  headers: [
    JSON_TYPE,
    ["X-Signature-Timestamp", SECONDS],
    ["X-Signature-Ed25519", sign(null, Buffer.from(SECONDS + JSON_BODY), privateKey).toString(encoding)],
  ],
  settings: { secrets: [secret] },
  finds,
});
const square = (what: string, signedUrl: string, query = ""): BrokenSetup => ({
  what,
  provider: "square",
  headers: [JSON_TYPE, ["x-square-hmacsha256-signature", mac(signedUrl + JSON_BODY, SECRET, "sha256", "base64")]],
  url: URL_HERE + query,
  finds: "url",
});

const CONTENTFUL_SECRET = "c".repeat(64);
const CONTENTFUL_TIME = ["x-contentful-timestamp", `${SECONDS}000`] as const;
const CONTENTFUL_NAMES = ["x-contentful-signed-headers", "x-contentful-signed-headers,x-contentful-timestamp"] as const;
const CONTENTFUL_HEADERS = [
  JSON_TYPE,
  CONTENTFUL_TIME,
  CONTENTFUL_NAMES,
  [
    "x-contentful-signature",
    mac(`POST\n/in/abc/\n${CONTENTFUL_NAMES.join(":")};${CONTENTFUL_TIME.join(":")}\n${JSON_BODY}`, CONTENTFUL_SECRET),
  ],
] as const;

/**
 * Bodies that were written anew, in another character set or another form; keys, times and addresses of other kinds.
 */
export const BROKEN_BODIES: readonly BrokenSetup[] = [
  rewritten(
    "white space added around exact numbers",
    EXACT,
    JSON.stringify(JSON.parse(EXACT), null, 2)
      .replace(/8209\d+/, "820982911946154508")
      .replace('"price": 1,', '"price": 1.0,')
      .replace("1000", "1e3"),
  ),
  rewritten("numbers signed as JavaScript writes them", JSON.stringify(JSON.parse(EXACT)), EXACT),
  rewritten("a space after commas and colons", '{"b": 1, "a": "caf\u00e9/<x>", "list": [1, 2]}', JSON.stringify(VALUE)),
  rewritten("Python's json.dumps", '{"b": 1, "a": "caf\\u00e9/<x>", "list": [1, 2]}', JSON.stringify(VALUE)),
  rewritten(
    "Python's json.dumps with sorted keys",
    '{"a": "caf\\u00e9/<x>", "b": 1, "list": [1, 2]}',
    JSON.stringify(VALUE),
  ),
  rewritten("an indent of 4 spaces", JSON.stringify(VALUE, null, 4), JSON.stringify(VALUE)),
  rewritten("an indent of a tab", JSON.stringify(VALUE, null, "\t"), JSON.stringify(VALUE)),
  rewritten(".NET's indented JSON", JSON.stringify(VALUE, null, 2).replaceAll("\n", "\r\n"), JSON.stringify(VALUE)),
  rewritten("escaped slashes", '{"b":1,"a":"caf\u00e9\\/<x>","list":[1,2]}', JSON.stringify(VALUE)),
  rewritten("Unicode escapes in capital letters", '{"b":1,"a":"caf\\u00E9/<x>","list":[1,2]}', JSON.stringify(VALUE)),
  rewritten("PHP's json_encode", UNICODE, JSON.stringify(VALUE)),
  rewritten(
    "PHP's json_encode, pretty-printed",
    '{\n    "b": 1,\n    "a": "caf\\u00e9\\/<x>"\n}',
    '{"b":1,"a":"caf\u00e9/<x>"}',
  ),
  rewritten("Go's json.Marshal", '{"b":1,"a":"caf\u00e9/\\u003cx\\u003e","list":[1,2]}', JSON.stringify(VALUE)),
  rewritten("escapes read on the way", JSON.stringify(VALUE), UNICODE),
  rewritten("white space added, escapes kept", UNICODE, UNICODE.replaceAll(",", ", ")),
  changed("a form turned into JSON", FORM, '{"name":"Ada Lovelace","n":3,"ok":true}', "body-decoded"),
  changed("UTF-8 turned into Latin-1", JSON_BODY, Buffer.from(JSON_BODY, "latin1"), "body-charset"),
  changed(
    "UTF-8 encoded twice",
    JSON_BODY,
    Buffer.from(Buffer.from(JSON_BODY, "utf8").toString("latin1"), "utf8"),
    "body-charset",
  ),
  changed("signed in Latin-1, sent in UTF-8", Buffer.from(JSON_BODY, "latin1"), JSON_BODY, "body-charset"),
  changed("UTF-8 turned into UTF-16", JSON_BODY, Buffer.from(`\uFEFF${JSON_BODY}`, "utf16le"), "body-charset"),
  changed("UTF-8 turned into UTF-16 without a mark", '{"a":1}', Buffer.from('{"a":1}', "utf16le"), "body-charset"),
  changed("signed in UTF-16, sent in UTF-8", Buffer.from(JSON_BODY, "utf16le"), JSON_BODY, "body-charset"),
  changed(
    "escaped for HTML on the way",
    '{"a":"x & \'y\'"}',
    "{&quot;a&quot;:&quot;x &amp; &#039;y&#039;&quot;}",
    "body-charset",
  ),
  changed("a byte order mark added on the way", JSON_BODY, `\uFEFF${JSON_BODY}`, "body-decoded"),
  {
    what: "JSON signed, a form sent",
    provider: "github",
    headers: [
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["X-Hub-Signature-256", `sha256=${mac('{"a":"1","b":"x y"}')}`],
    ],
    body: "a=1&b=x+y",
    finds: "body-decoded",
  },
  {
    what: "a body compressed after it was signed",
    provider: "github",
    headers: [...github(`sha256=${mac(JSON_BODY)}`), ["Content-Encoding", "gzip"]],
    body: gzipSync(JSON_BODY),
    finds: "body-decoded",
  },
  {
    what: "a path with a slash too many, signed by Contentful",
    provider: "contentful",
    headers: CONTENTFUL_HEADERS,
    settings: { secrets: [CONTENTFUL_SECRET] },
    finds: "url",
  },
  square("www in front of the host", URL_HERE.replace("https://", "https://www.")),
  square("the query left out", URL_HERE, "?tenant=7"),
  {
    what: "the time of another header",
    provider: "slack",
    headers: [...slack(mac(`v0:1767225590:${JSON_BODY}`)), ["X-Sent-Timestamp", "1767225590"]],
    finds: "timestamp-place",
  },
  {
    what: "a secret copied out of a link",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, "a+b/c=")}`),
    settings: { secrets: ["a%2Bb%2Fc%3D"] },
    finds: "secret-encoding",
  },
  {
    what: "a secret the sender wrote as part of a link",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, "a%2Bb%2Fc%3D")}`),
    settings: { secrets: ["a+b/c="] },
    finds: "secret-encoding",
  },
  discord("a public key in base64", RAW_KEY.toString("base64"), "hex", "secret-encoding"),
  discord(
    "a public key in PEM",
    publicKey.export({ format: "pem", type: "spki" }).toString(),
    "hex",
    "secret-encoding",
  ),
  discord("a public key with 0x in front", `0x${RAW_KEY.toString("hex")}`, "hex", "secret-encoding"),
  discord("an Ed25519 signature in base64", RAW_KEY.toString("hex"), "base64", "signature-encoding"),
];
