import { cx } from "#components/ui/cx.ts";

/** A provider as a two-letter monogram on neutral ground: one look for all of them. */
export function ProviderTile({ name, className }: { name: string; className?: string }) {
  return (
    <span
      aria-hidden
      className={cx(
        "inline-flex size-7 shrink-0 items-center justify-center rounded-control bg-neutral-soft text-11 " +
          "font-medium text-neutral-text",
        className,
      )}
    >
      {monogram(name)}
    </span>
  );
}

function monogram(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const [first = "?", second] = words;
  return (second ? `${first.charAt(0)}${second.charAt(0)}` : first.slice(0, 2)).toLocaleUpperCase("en");
}
