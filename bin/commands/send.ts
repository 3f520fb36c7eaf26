import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type DeliveryAnswer, deliverExactly } from "#lib/platform/deliver-exactly.ts";
import { CHAOS_VARIANTS, type ChaosVariant, planChaos } from "#lib/webhooks/chaos-deliveries.ts";
import { isExpectedStatus } from "#lib/webhooks/judge-chaos.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { findScheme } from "#lib/webhooks/verify.ts";
import { type Command, UsageError } from "../command.ts";

/** `hookline send`: genuine, broken and hostile deliveries to one's own endpoint, and a scorecard. */
export const command: Command = {
  summary: "Send genuine, broken and hostile deliveries to your own endpoint.",
  usage: "send <url> [options]",
  details: [
    "Signs the sender's sample with the endpoint's secret, as the sender would, and compares each answer with",
    "what a good receiver does. Ends with 0 when every answer was the expected one, otherwise with 1.",
    "",
    "Options:",
    "  --provider <id>       who sends, such as stripe; none by default, and nothing is signed",
    "  --secret <text>       the endpoint's signing secret",
    "  --secret-file <path>  the same from a file, which keeps it out of the shell's history",
    "  --scheme <id>         how the sender signs, where it has several ways",
    "  --option name=value   a setting of the sender, such as a header's name; may be repeated",
    "  --public-url <url>    the endpoint's own address, for senders that sign it; <url> by default",
    "  --variants <list>     what to send, separated by commas:",
    `                        ${CHAOS_VARIANTS.slice(0, 5).join(", ")},`,
    `                        ${CHAOS_VARIANTS.slice(5).join(", ")};`,
    "                        all but oversized and slow by default",
    "  --seed <number>       the same seed sends the same deliveries; 1 by default",
  ].join("\n"),
  examples: [
    "npx hookline send http://127.0.0.1:3000/in/<token> --provider stripe --secret whsec_…",
    "npx hookline send http://127.0.0.1:3000/in/<token> --variants valid,duplicate",
  ],
  run: (args) => run(args, (line) => void process.stdout.write(`${line}\n`), new Date()),
};

/** Sends the planned deliveries one after the other and prints the scorecard; returns the exit code. */
export async function run(args: readonly string[], print: (line: string) => void, now: Date): Promise<number> {
  const { url, provider, keys, settings, variants, seed } = readArguments(args);
  const plan = await planChaos(provider, url, keys, settings, variants, seed, now);
  if (plan.kind === "cannot-sign") {
    print(`${provider.name}: ${plan.message}`);
    return 1;
  }
  let wrong = 0;
  for (const delivery of plan.deliveries) {
    const answer = await deliverExactly({ ...delivery.request, slow: delivery.slow });
    const right = isExpectedStatus(delivery.expected, answer.kind === "answered" ? answer.status : null);
    if (!right) wrong += 1;
    print(
      `${right ? "ok  " : "BAD "} ${delivery.variant.padEnd(18)} ${delivery.what} → ` +
        `${describe(answer)}${right ? "" : `, expected ${delivery.expected}`}`,
    );
  }
  print(`${plan.deliveries.length - wrong} of ${plan.deliveries.length} as expected (seed ${seed}).`);
  return wrong === 0 ? 0 : 1;
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parse(args);
  const [url, ...more] = positionals;
  if (url === undefined || more.length > 0 || !/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError("Give the endpoint's URL, beginning http:// or https://.");
  const provider = findProvider(values.provider);
  if (provider === null) throw new UsageError(`There is no provider "${values.provider}".`);
  if (values.scheme !== undefined && findScheme(provider, values.scheme) === null)
    throw new UsageError(`${provider.name} has no scheme "${values.scheme}".`);
  const variants = values.variants
    .split(",")
    .map((variant) => CHAOS_VARIANTS.find((known) => known === variant.trim()) ?? unknownVariant(variant));
  if (!/^\d{1,9}$/.test(values.seed)) throw new UsageError("The seed is a whole number.");
  const secret =
    values.secret ?? (values["secret-file"] === undefined ? "" : readFileSync(values["secret-file"], "utf8").trim());
  const options = Object.fromEntries(
    values.option.map((option) => [option.split("=", 1)[0] ?? "", option.slice(option.indexOf("=") + 1)]),
  );
  const settings = {
    secrets: [secret],
    publicUrl: values["public-url"] ?? url,
    options,
    ...(values.scheme === undefined ? {} : { scheme: values.scheme }),
  };
  return { url, provider, keys: { secret }, settings, variants, seed: Number(values.seed) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        provider: { type: "string", default: "none" },
        secret: { type: "string" },
        "secret-file": { type: "string" },
        "public-url": { type: "string" },
        scheme: { type: "string" },
        option: { type: "string", multiple: true, default: [] },
        variants: {
          type: "string",
          default: CHAOS_VARIANTS.filter((variant) => variant !== "oversized" && variant !== "slow").join(","),
        },
        seed: { type: "string", default: "1" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function unknownVariant(variant: string): ChaosVariant {
  throw new UsageError(`"${variant}" is not a variant. There are: ${CHAOS_VARIANTS.join(", ")}.`);
}

function describe(answer: DeliveryAnswer): string {
  return answer.kind === "nothing"
    ? `no answer (${answer.message})`
    : `${answer.status} in ${Math.round(answer.ms)} ` +
        `ms${answer.body === "" ? "" : `: ${answer.body.trim().replaceAll(/\s+/g, " ")}`}`;
}
