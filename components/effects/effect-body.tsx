import { CodeBlock } from "#components/ui/code-block.tsx";
import { JsonTree } from "#components/ui/json-tree.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { prettyJson } from "#lib/core/pretty-json.ts";
import type { BodyView } from "#lib/engine/effect-view.ts";

/** A body as it goes out, with its size and character set; a JSON object or list also as a tree and line by line. */
export function EffectBody({ body }: { body: BodyView }) {
  return (
    <section>
      <h3 className="mb-1 text-13 font-medium">Body</h3>
      {body.kind === "none" ? (
        <p className="text-13 text-ink-3">No body.</p>
      ) : (
        <>
          <p className="mb-2 text-12 text-ink-3">{sizeOf(body)}</p>
          {body.kind === "text" ? <BodyText text={body.text} /> : null}
        </>
      )}
    </section>
  );
}

function BodyText({ text }: { text: string }) {
  const raw = <CodeBlock label="body" code={text} wrap />;
  const pretty = /^\s*[[{]/.test(text) ? prettyJson(text) : null;
  if (pretty === null) return raw;
  const tree = (
    <div className="rounded-control border border-line">
      <JsonTree label="body" json={text} levels={3} />
    </div>
  );
  return (
    <Tabs
      label="Views of the body"
      items={[
        { value: "tree", label: "Tree", content: tree },
        { value: "pretty", label: "Pretty", content: <CodeBlock label="body, line by line" code={pretty} wrap /> },
        { value: "raw", label: "Raw", content: raw },
      ]}
    />
  );
}

function sizeOf(body: Exclude<BodyView, { kind: "none" }>): string {
  const size = `${body.bytes.toLocaleString("en")} ${body.bytes === 1 ? "byte" : "bytes"}`;
  return body.kind === "bytes" ? `Not text: ${size}.` : `${size} in ${body.charset.toUpperCase()}`;
}
