import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadSecretKey } from "#lib/platform/secret-key.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "key-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the first start makes a key that only its owner can read, later starts find the same", () => {
  const dataDir = path.join(folder, "new");
  const made = loadSecretKey({ dataDir });
  expect(made).toMatchObject({ origin: "made", file: path.join(dataDir, "secret-key") });
  expect(made.key).toHaveLength(32);
  expect(statSync(made.file).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(loadSecretKey({ dataDir })).toEqual({ ...made, origin: "file" });
});

test("a key file others can read is closed to them", () => {
  const { file } = loadSecretKey({ dataDir: path.join(folder, "open") });
  chmodSync(file, 0o644);
  loadSecretKey({ dataDir: path.join(folder, "open") });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a file that holds no key is refused and left as it is", () => {
  const dataDir = path.join(folder, "broken");
  const { file } = loadSecretKey({ dataDir });
  writeFileSync(file, "half a k");
  expect(() => loadSecretKey({ dataDir })).toThrow("does not hold a secret key");
  expect(readFileSync(file, "utf8")).toBe("half a k");
});

test("HOOKLINE_SECRET_KEY goes before the file and writes none", () => {
  const dataDir = path.join(folder, "none");
  const key = Buffer.alloc(32, 7);
  expect(loadSecretKey({ dataDir, secretKey: key })).toMatchObject({ key, origin: "environment" });
  expect(() => statSync(dataDir)).toThrow("ENOENT");
});
