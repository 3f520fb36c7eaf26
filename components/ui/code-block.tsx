import { CopyButton } from "#components/ui/copy-button.tsx";
import { cx } from "#components/ui/cx.ts";

/** Code or raw text to read and copy, exactly as it is. `wrap` for one-liners such as curl. */
export function CodeBlock({
  code,
  label,
  wrap = false,
  className,
  copy = true,
}: {
  code: string;
  label: string;
  wrap?: boolean;
  className?: string;
  copy?: boolean;
}) {
  return (
    <div className={cx("relative min-w-0 rounded-control border border-line bg-sunken", className)}>
      <pre
        role="region"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        className={cx(
          "max-h-96 overflow-auto p-3 pr-12 font-mono text-13 text-ink",
          wrap && "whitespace-pre-wrap [overflow-wrap:anywhere]",
        )}
      >
        {code}
      </pre>
      {copy ? (
        <span className="absolute top-1.5 right-1.5">
          <CopyButton text={code} label={`Copy ${label}`} />
        </span>
      ) : null}
    </div>
  );
}
