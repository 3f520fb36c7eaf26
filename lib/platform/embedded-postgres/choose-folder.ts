/** What is known of a folder that may hold an embedded database. */
export type SeenFolder = {
  folder: string;
  /** `locked`: this user may not look inside. */
  state: "database" | "none" | "locked";
  /** Fingerprint of the secret key it was last used with; null when it does not say. */
  key: string | null;
  /** The data folder of another installation that is still there and uses this database; null when there is none. */
  usedBy: string | null;
};

/** Everything the choice of the database's folder depends on. */
export type FolderFacts = {
  /** Real path of the data folder. */
  dataDir: string;
  /** Fingerprint of the secret key, from the settings or the data folder; null before the first start. */
  key: string | null;
  /** Whether the data folder holds a secret key: then there was a database. */
  hasKeyFile: boolean;
  /** What HOOKLINE_POSTGRES_FOLDER names. */
  asked: SeenFolder | null;
  /** What the data folder's own note names, and the data folder that wrote it down. */
  noted: { seen: SeenFolder; dataDir: string } | null;
  /** Where a database of this data folder belongs, the usual place first. */
  own: readonly [SeenFolder, ...SeenFolder[]];
  /** Databases of whichever installation in the folder they are kept in as root. */
  others: readonly SeenFolder[];
  /** A folder that holds nothing yet, for a new database. */
  free: string;
};

/** Where the database is, with a sentence when that is not where it was; or why nothing is started. */
export type FolderChoice = { kind: "use"; folder: string; say: string | null } | { kind: "refused"; reason: string };

/**
 * Finds the database of an installation that may have been moved, copied or restored from a backup. It never begins
 * with an empty database where there was one, and never takes one that another installation uses.
 */
export function chooseFolder(facts: FolderFacts): FolderChoice {
  const { asked, noted, own, others } = facts;
  if (asked !== null) return takeAsked(facts, asked);

  if (noted?.seen.state === "locked") return refused(locked(noted.seen.folder, own[0].folder));
  if (noted?.seen.state === "database") {
    if (noted.seen.usedBy !== null) return refused(copied(facts, noted.seen.folder, noted.seen.usedBy));
    return use(noted.seen.folder, noted.dataDir === facts.dataDir ? null : "moved here together with");
  }

  // A database without a fingerprint is from before notes were kept: the check of the key follows when it runs.
  const fits = (seen: SeenFolder) => seen.key === null || facts.key === null || seen.key === facts.key;
  const unclaimed = own.filter((seen) => seen.state === "database" && seen.usedBy === null);
  const mine = unclaimed.find(fits);
  if (mine !== undefined) return use(mine.folder, noted === null ? null : "restored to");
  const same = others.filter((seen) => facts.key !== null && seen.state === "database" && seen.key === facts.key);
  const unused = same.filter((seen) => seen.usedBy === null);
  const [only] = unused;
  if (only !== undefined && unused.length === 1) return use(only.folder, "found by its secret key in");
  const [taken] = same;
  if (unused.length === 0 && taken !== undefined && taken.usedBy !== null)
    return refused(copied(facts, taken.folder, taken.usedBy));
  if (unclaimed[0] !== undefined) return refused(otherKey(unclaimed[0].folder));
  if (facts.hasKeyFile || noted !== null || unused.length > 1) return refused(missing(facts, unused));
  const closed = own.find((seen) => seen.state === "locked");
  if (closed !== undefined) return refused(locked(closed.folder, facts.free));
  return use(facts.free, null);
}

function takeAsked(facts: FolderFacts, asked: SeenFolder): FolderChoice {
  switch (asked.state) {
    case "locked":
      return refused(locked(asked.folder, facts.own[0].folder));
    case "database":
      if (asked.usedBy !== null) return refused(copied(facts, asked.folder, asked.usedBy));
      if (asked.key !== null && facts.key !== null && asked.key !== facts.key) return refused(otherKey(asked.folder));
      return use(asked.folder, null);
    case "none":
      if (facts.hasKeyFile || facts.noted !== null)
        return refused(
          `HOOKLINE_POSTGRES_FOLDER names ${asked.folder}, but there is no database (a folder with data/PG_VERSION ` +
            `and password in it), and this installation had one. ${beginEmpty(facts)}`,
        );
      return use(asked.folder, null);
  }
}

function use(folder: string, how: string | null): FolderChoice {
  return { kind: "use", folder, say: how && `the database is ${how} ${folder}` };
}

function refused(reason: string): FolderChoice {
  return { kind: "refused", reason };
}

function otherKey(folder: string): string {
  return `The database in ${folder} was used with another secret key: restore that key together with it.`;
}

function locked(folder: string, target: string): string {
  return (
    `The database is in ${folder}, which this user may not enter. Start Hookline as the user who did before (root, ` +
    `for a folder of the user postgres); or move it to ${target} and give it to the user who starts Hookline.`
  );
}

function copied(facts: FolderFacts, folder: string, usedBy: string): string {
  return [
    `This installation's database is in ${folder}, but that is used by another one, ${usedBy}, which is still there:`,
    "this looks like a copy. Nothing was started or changed. Choose:",
    `  - to go on here instead of there: stop the other one, remove ${usedBy}/postgres-folder, and start again;`,
    `  - to go on here with a copy of the data: stop the other one, copy ${folder} to ${facts.free},`,
    `    and start with HOOKLINE_POSTGRES_FOLDER=${facts.free} (later starts find it themselves);`,
    `  - ${lowerFirst(beginEmpty(facts))}`,
  ].join("\n");
}

function missing(facts: FolderFacts, several: SeenFolder[]): string {
  const { noted, own, others } = facts;
  const places = [...new Set([...(noted === null ? [] : [noted.seen.folder]), ...own.map((seen) => seen.folder)])];
  const candidates = others.filter((seen) => seen.state === "database" && seen.usedBy === null);
  return [
    several.length > 1
      ? `Several databases belong to the secret key in ${facts.dataDir}. Nothing was started or changed.`
      : `${facts.dataDir} belongs to an installation whose database is not there: looked in ${places.join(" and ")}. ` +
        "Nothing was started or changed.",
    ...(candidates.length === 0 ? [] : ["Databases that no other installation uses:"]),
    ...candidates.map((seen) => `  - ${seen.folder} (${describeKey(seen, facts.key)})`),
    "Choose:",
    `  - to use a database: put its folder back, or start with HOOKLINE_POSTGRES_FOLDER=<its folder>;`,
    "  - to use a PostgreSQL of your own: set DATABASE_URL;",
    `  - ${lowerFirst(beginEmpty(facts))}`,
  ].join("\n");
}

function describeKey(seen: SeenFolder, key: string | null): string {
  if (seen.key === null || key === null) return "does not say which secret key it was used with";
  return seen.key === key ? "used with this secret key" : "used with another secret key";
}

function beginEmpty(facts: FolderFacts): string {
  return (
    `To begin with an empty database: move secret-key and postgres-folder out of ${facts.dataDir} ` +
    "(set another HOOKLINE_SECRET_KEY, if you set one), and start again."
  );
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
