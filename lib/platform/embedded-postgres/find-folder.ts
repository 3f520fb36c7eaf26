import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { findSecretKey, fingerprintKey } from "../secret-key.ts";
import { chooseFolder, type SeenFolder } from "./choose-folder.ts";
import { readDatabaseNote, readOwnerNote, writeFolderNotes } from "./folder-notes.ts";
import { systemFolder } from "./postgres-binaries.ts";

/** Whose database is looked for: the data folder, what the settings say, and where databases are kept as root. */
export type Installation = {
  dataDir: string;
  secretKey?: Buffer | undefined;
  postgresFolder?: string | undefined;
  /** Unset: /var/lib/hookline as root. Null: in the data folder, as for every other user. */
  root?: string | null;
};

/** The database's folder, absolute, and a sentence when it is not where it was. */
export type FoundFolder = { folder: string; say: string | null };

/**
 * Finds the folder of the embedded database, which a new installation has yet to make. Throws, with what was found
 * where and how to go on, when there was a database and it is not there or is another installation's. Changes nothing
 * but making the data folder.
 */
export function findFolder(installation: Installation): FoundFolder {
  mkdirSync(installation.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = realpathSync(installation.dataDir);
  const root = installation.root === undefined ? defaultRoot() : installation.root;
  const secret = findSecretKey({ dataDir, secretKey: installation.secretKey });
  const note = readDatabaseNote(dataDir);
  const look = (folder: string) => seeFolder(folder, dataDir, note?.dataDir);
  const usual = usualFolder(dataDir, root);
  const own = [usual, path.join(dataDir, "postgres")].map(look);
  const asked = installation.postgresFolder === undefined ? null : path.resolve(installation.postgresFolder);
  if (asked !== null && isThere(path.join(asked, "PG_VERSION")))
    throw new Error(
      `HOOKLINE_POSTGRES_FOLDER is the folder that holds \`data\` and \`password\`: ${path.dirname(asked)}?`,
    );
  const choice = chooseFolder({
    dataDir,
    key: secret.key && fingerprintKey(secret.key),
    hasKeyFile: isThere(secret.file),
    asked: asked === null ? null : look(asked),
    noted: note && { seen: look(note.folder), dataDir: note.dataDir },
    own: own as [SeenFolder, ...SeenFolder[]],
    others: root === null ? [] : listFolders(root).map(look),
    free: findFree(usual),
  });
  if (choice.kind === "refused") throw new Error(choice.reason);
  return { folder: choice.folder, say: choice.say };
}

/** Writes down, in both folders, that this database is this installation's; call it when the key has proven to fit. */
export function rememberFolder(dataDir: string, folder: string, key: Buffer): void {
  writeFolderNotes({ dataDir: realpathSync(dataDir), folder: realpathSync(folder), key: fingerprintKey(key) });
}

/** Where a new installation's database goes: as root a folder that the user `postgres` can reach. */
export function usualFolder(dataDir: string, root: string | null = defaultRoot()): string {
  const real = realpathSync(dataDir);
  if (root === null) return path.join(real, "postgres");
  return path.join(root, createHash("sha256").update(real).digest("hex").slice(0, 16));
}

function defaultRoot(): string | null {
  return process.getuid?.() === 0 ? systemFolder : null;
}

function findFree(usual: string): string {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? usual : `${usual}-${number}`;
    if (!isThere(path.join(folder, "data"))) return folder;
  }
}

function listFolders(root: string): string[] {
  try {
    return readdirSync(root)
      .map((name) => path.join(root, name))
      .filter((folder) => isThere(path.join(folder, "data", "PG_VERSION")));
  } catch {
    return [];
  }
}

function seeFolder(folder: string, dataDir: string, origin: string | undefined): SeenFolder {
  const owner = readOwnerNote(folder);
  const claims = (other: string | undefined) =>
    other !== undefined && other !== dataDir && isSame(readDatabaseNote(other)?.folder, folder);
  const usedBy = [owner?.dataDir, origin].find(claims) ?? null;
  return { folder, state: stateOf(folder), key: owner?.key ?? null, usedBy };
}

function stateOf(folder: string): SeenFolder["state"] {
  try {
    statSync(path.join(folder, "data", "PG_VERSION"));
    return "database";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "locked" : "none";
  }
}

function isSame(one: string | undefined, other: string): boolean {
  if (one === undefined) return false;
  try {
    return one === other || realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

/** Whether something has this name; what may not be looked at counts as there. */
function isThere(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}
