import { expect, test } from "vitest";
import { chooseFolder, type FolderFacts, type SeenFolder } from "#lib/platform/embedded-postgres/choose-folder.ts";

const HOME = "/clone/.hookline";
const seen = (folder: string, more: Partial<SeenFolder> = {}): SeenFolder => ({
  folder,
  state: "database",
  key: "mine",
  usedBy: null,
  ...more,
});
const nothing = (folder: string) => seen(folder, { state: "none", key: null });
const facts = (more: Partial<FolderFacts> = {}): FolderFacts => ({
  dataDir: HOME,
  key: null,
  hasKeyFile: false,
  asked: null,
  noted: null,
  own: [nothing("/var/a"), nothing(`${HOME}/postgres`)],
  others: [],
  free: "/var/a",
  ...more,
});
const known = { key: "mine", hasKeyFile: true };
const noted = (folder: SeenFolder, dataDir = HOME) => ({ noted: { seen: folder, dataDir } });

test.each<[string, Partial<FolderFacts>, string, string | null]>([
  ["a new installation begins in the usual folder, silently", {}, "/var/a", null],
  ["a key from the settings alone begins too", { key: "mine" }, "/var/a", null],
  ["an installation in its place", { ...known, ...noted(seen("/var/a")) }, "/var/a", null],
  [
    "one from before notes were kept",
    { ...known, own: [seen("/var/a", { key: null }), nothing("/p")] },
    "/var/a",
    null,
  ],
  ["a moved one", { ...known, ...noted(seen("/var/old"), "/old/.hookline") }, "/var/old", "moved here"],
  [
    "a database put back beside the key",
    { ...known, ...noted(nothing("/var/old")), own: [nothing("/var/a"), seen(`${HOME}/postgres`)] },
    `${HOME}/postgres`,
    "restored to",
  ],
  [
    "one whose key says which it is",
    { ...known, others: [seen("/var/b"), seen("/var/c", { key: "x" })] },
    "/var/b",
    "key",
  ],
  ["the folder that the settings name", { ...known, asked: seen("/srv/pg"), ...noted(nothing("/x")) }, "/srv/pg", null],
  ["a folder named for a new installation", { asked: nothing("/srv/pg") }, "/srv/pg", null],
  [
    "a fresh clone where a moved one was gets a folder of its own",
    { own: [seen("/var/a", { usedBy: "/moved/.hookline" }), nothing("/p")], free: "/var/a-2" },
    "/var/a-2",
    null,
  ],
])("finds %s", (_, more, folder, said) => {
  expect(chooseFolder(facts(more))).toEqual({
    kind: "use",
    folder,
    say: said === null ? null : expect.stringContaining(said),
  });
});

const OTHER = { usedBy: "/old/.hookline" };
test.each<[string, Partial<FolderFacts>, string[]]>([
  [
    "a copy whose origin is still there",
    { ...known, ...noted(seen("/var/old", OTHER), "/old/.hookline") },
    ["/var/old", "/old/.hookline/postgres-folder", "HOOKLINE_POSTGRES_FOLDER=/var/a", "begin with an empty database"],
  ],
  ["a copy without its note", { ...known, others: [seen("/var/old", OTHER)] }, ["looks like a copy", "/var/old"]],
  [
    "a key without any database",
    {
      ...known,
      others: [seen("/var/b", { key: null }), seen("/var/c", { key: "x" }), seen("/var/d", OTHER)].slice(0, 2),
    },
    ["looked in /var/a and /clone/.hookline/postgres", "/var/b (does not say", "/var/c (used with another"],
  ],
  [
    "a note without its database",
    noted(nothing("/var/gone")),
    ["/var/gone", "move secret-key and postgres-folder out"],
  ],
  ["two databases of one key", { ...known, others: [seen("/var/b"), seen("/var/c")] }, ["Several", "/var/b", "/var/c"]],
  [
    "another key than the database's",
    { key: "other", own: [seen("/var/a"), nothing("/p")], free: "/var/a-2" },
    ["/var/a was used with another secret key"],
  ],
  [
    "a database of another user",
    { ...known, ...noted(seen("/var/a", { state: "locked" })) },
    ["may not enter", "/var/a"],
  ],
  ["a closed folder in the usual place", { own: [seen("/p", { state: "locked" }), nothing("/q")] }, ["may not enter"]],
  ["a named folder without a database", { ...known, asked: nothing("/srv/typo") }, ["/srv/typo", "password"]],
  ["a named folder that is another's", { ...known, asked: seen("/srv/pg", OTHER) }, ["/srv/pg", "/old/.hookline"]],
  ["a named folder of another key", { ...known, asked: seen("/srv/pg", { key: "x" }) }, ["another secret key"]],
  ["a named folder of another user", { asked: seen("/srv/pg", { state: "locked" }) }, ["may not enter"]],
])("refuses %s, in words", (_, more, words) => {
  const choice = chooseFolder(facts(more));
  expect(choice.kind).toBe("refused");
  for (const word of words) expect(choice).toMatchObject({ reason: expect.stringContaining(word) });
});
