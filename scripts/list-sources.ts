import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Every file of the project that git tracks or would track, as paths from the top, sorted. */
export function listProjectFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    encoding: "utf8",
  });
  return listed
    .split("\0")
    .filter((file) => file !== "" && existsSync(file))
    .sort();
}

/** The TypeScript and JavaScript people write in this project: generated files and fixtures left out. */
export function listSources(): string[] {
  return listProjectFiles().filter(
    (file) => /\.(ts|tsx|js)$/.test(file) && !file.includes(".generated.") && !file.startsWith("tests/fixtures/"),
  );
}
