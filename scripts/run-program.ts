import { spawn } from "node:child_process";

/** How a program is run: `show` passes its output on as it comes, `on-failure` shows it only when the program fails. */
export type RunOptions = { env?: NodeJS.ProcessEnv; output: "show" | "on-failure" };

/** Runs a program to its end and returns its exit code; a program that cannot be started counts as 127. */
export async function runProgram(program: string, args: string[], options: RunOptions): Promise<number> {
  const quiet = options.output === "on-failure";
  const child = spawn(program, args, {
    env: options.env ?? process.env,
    stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk));
  const code = await new Promise<number>((resolve) => {
    child.once("error", (error) => {
      text += `${program}: ${error.message}\n`;
      resolve(127);
    });
    child.once("close", (exitCode) => resolve(exitCode ?? 1));
  });
  if (quiet && code !== 0) process.stderr.write(text);
  return code;
}
