import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** What an installation keeps about its database: where it is, and the data folder (real path) that wrote this down. */
export type DatabaseNote = z.infer<typeof databaseNote>;

/** What a database's folder keeps about its installation: its data folder, and the fingerprint of its secret key. */
export type OwnerNote = z.infer<typeof ownerNote>;

const databaseNote = z.object({ folder: z.string().min(1), dataDir: z.string().min(1) });
const ownerNote = z.object({ dataDir: z.string().min(1), key: z.string() });

/** The file in the data folder that says where the database is. */
export const DATABASE_NOTE = "postgres-folder";

/** The file in the database's folder that says whose it is. */
export const OWNER_NOTE = "installation";

/** The note in `dataDir`, its folder as an absolute path; null where there is none that can be read. */
export function readDatabaseNote(dataDir: string): DatabaseNote | null {
  const note = read(path.join(dataDir, DATABASE_NOTE), databaseNote);
  return note && { ...note, folder: path.resolve(dataDir, note.folder) };
}

/** The note in the database's folder; null where there is none that can be read. */
export function readOwnerNote(folder: string): OwnerNote | null {
  return read(path.join(folder, OWNER_NOTE), ownerNote);
}

/**
 * Writes both notes where they do not say so already: each names the other, so that a folder that was moved, copied or
 * restored is recognised. A database inside the data folder is named relative to it and moves along.
 */
export function writeFolderNotes(installation: { dataDir: string; folder: string; key: string }): void {
  const { dataDir, folder, key } = installation;
  const inside = path.relative(dataDir, folder);
  const stays = inside.startsWith("..") || path.isAbsolute(inside);
  write(path.join(folder, OWNER_NOTE), { dataDir, key });
  write(path.join(dataDir, DATABASE_NOTE), { folder: stays ? folder : inside, dataDir });
}

function read<T>(file: string, shape: z.ZodType<T>): T | null {
  try {
    return shape.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

function write(file: string, note: DatabaseNote | OwnerNote): void {
  const text = `${JSON.stringify(note)}\n`;
  try {
    if (readFileSync(file, "utf8") === text) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
