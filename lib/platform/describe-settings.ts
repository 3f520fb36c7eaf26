import { type Setting, settings } from "./settings.ts";

/** `.env.example`: every setting with its meaning, bounds and danger, commented out at its default. */
export function writeEnvExample(): string {
  const head = [
    "# Settings of Hookline. Copy to .env and uncomment what you change; what the environment sets wins.",
    "# Made from lib/platform/settings.ts by: npm run check -- --write",
  ];
  const groups = groupNames().flatMap((group) => [
    "",
    `# ---- ${group} ----`,
    ...settingsOf(group).flatMap((setting) => [
      "",
      `# ${setting.meaning}`,
      `# Values: ${setting.bound}${setting.unit === undefined ? "" : `, in ${setting.unit}`}.`,
      ...(setting.danger === undefined ? [] : [`# Careful: ${setting.danger}`]),
      `# ${setting.variable}=${setting.fallback || (setting.example ?? "")}`,
    ]),
  ]);
  return `${[...head, ...groups].join("\n")}\n`;
}

/** The README's table of settings, in Markdown. */
export function writeSettingsTable(): string {
  return groupNames()
    .flatMap((group) => [
      `**${group}**`,
      "",
      "| Setting | Meaning | Values | Default |",
      "|---|---|---|---|",
      ...settingsOf(group).map(
        (setting) =>
          `| \`${setting.variable}\` | ${describe(setting)} | ${valuesOf(setting)} | ${defaultOf(setting)} |`,
      ),
      "",
    ])
    .join("\n")
    .trimEnd();
}

function groupNames(): string[] {
  return [...new Set(Object.values(settings).map((setting) => setting.group))];
}

function settingsOf(group: string): Setting<unknown>[] {
  return Object.values<Setting<unknown>>(settings).filter((setting) => setting.group === group);
}

function describe(setting: Setting<unknown>): string {
  return setting.danger === undefined ? setting.meaning : `${setting.meaning} **Careful:** ${setting.danger}`;
}

function valuesOf(setting: Setting<unknown>): string {
  return setting.unit === undefined ? setting.bound : `${setting.bound} ${setting.unit}`;
}

function defaultOf(setting: Setting<unknown>): string {
  if (setting.fallback === null) return "not set";
  return setting.fallback === "" ? "none" : `\`${setting.fallback}\``;
}
