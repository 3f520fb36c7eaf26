import { ExternalLink } from "#components/icons.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { WithCode } from "#components/ui/with-code.tsx";
import type { ForwardLine } from "#lib/views/reach-views.ts";

/** Commands to copy: the sender's own forwarder, then tunnels, filled in for this machine. */
export function ForwardLines({ lines }: { lines: readonly ForwardLine[] }) {
  const own = lines.filter(({ by }) => by === "sender");
  const tunnels = lines.filter(({ by }) => by === "tunnel");
  return (
    <>
      {own.length === 0 ? null : (
        <section aria-label="Forward with the sender's own tool" className="flex flex-col gap-3">
          <h3 className="text-13 font-semibold">Forward with the sender's own tool</h3>
          {own.map((line) => (
            <Line key={line.id} line={line} />
          ))}
        </section>
      )}
      <section aria-label="Open a tunnel" className="flex flex-col gap-3">
        <div>
          <h3 className="text-13 font-semibold">Open a tunnel</h3>
          <p className="max-w-prose text-12 text-ink-3">
            Enter the https address it gives you as the public address below. The whole application is then open to the
            internet, behind its sign-in.
          </p>
        </div>
        {tunnels.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </section>
    </>
  );
}

function Line({ line }: { line: ForwardLine }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <p className="flex flex-wrap items-baseline gap-x-2 text-13">
        <span className="font-medium">{line.title}</span>
        <span className="text-12 text-ink-3">
          <WithCode text={line.note} />
        </span>
        {line.docsUrl === null ? null : (
          <TextLink
            href={line.docsUrl}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1 text-12 [&_.lucide]:size-3"
          >
            About {line.title}
            <ExternalLink aria-hidden />
            <span className="sr-only">(opens in a new tab)</span>
          </TextLink>
        )}
      </p>
      <CodeBlock label={`${line.title} command`} code={line.command} wrap />
    </div>
  );
}
