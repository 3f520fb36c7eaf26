/** One command of the CLI; its file in bin/commands has the command's name and exports it as `command`. */
export type Command = {
  /** One line for the list of commands. */
  summary: string;
  /**
   * What follows `hookline` in the usage line, such as `reset-password <e-mail>`; the list of commands leaves out what
   * is in [brackets].
   */
  usage: string;
  /** What the command does, reads and prints; empty when the summary says it all. */
  details: string;
  /** Command lines a person can copy. */
  examples: string[];
  /** Runs with what followed the name and returns the exit code; throws UsageError when the arguments are wrong. */
  run(args: string[]): Promise<number>;
};

/** The arguments of a command were wrong; the CLI shows the message and the usage, and ends with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
