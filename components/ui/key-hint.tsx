import { cx } from "#components/ui/cx.ts";

/** Keyboard caps for a combination such as "Ctrl K" or "Shift F8". */
export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className="inline-flex shrink-0 gap-1">
      {keys.split(" ").map((key) => (
        <kbd
          key={key}
          className={cx(
            "inline-flex h-5 min-w-5 items-center justify-center rounded-chip border border-line bg-sunken px-1",
            "font-sans text-11 font-medium text-ink-2",
          )}
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
