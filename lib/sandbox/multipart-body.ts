import { createHash } from "node:crypto";
import { Busboy } from "@fastify/busboy";
import type { BodyFile, BodyProblem } from "./body-view.ts";

const fieldsMax = 1000;
const filesMax = 100;
const fieldBytesMax = 1024 * 1024;

/** Content of all files together that expressions may ask for; what comes on top is left out, and said so. */
const allContentBytesMax = 2 * 1024 * 1024;

/** Metadata of an uploaded file; its content stays in the stored body. */
export type FilePart = { filename: string; contentType: string; bytes: number; sha256: string };

/** What a multipart body came to. */
export type MultipartReading =
  | { kind: "parsed"; value: Record<string, unknown>; files: BodyFile[] }
  | { kind: "refused"; problem: BodyProblem };

/**
 * Fields as text and files as metadata, by name; a name that occurs twice becomes a list. `content` asks for the
 * content of all files, or of the one at a place in `files`.
 */
export function parseMultipart(
  contentType: string,
  bytes: Uint8Array,
  problems: BodyProblem[],
  content?: "all" | number,
): Promise<MultipartReading> {
  return new Promise((resolve) => {
    const refuse = (message: string) =>
      resolve({
        kind: "refused",
        problem: { kind: "parse-error", format: "multipart", message: `Not readable multipart: ${message}` },
      });
    const parts = new Map<string, unknown[]>();
    const files: BodyFile[] = [];
    let [filesBegun, contentBytes] = [0, 0];
    const add = (name: string, part: unknown) => {
      const known = parts.get(name);
      if (known === undefined) parts.set(name, [part]);
      else known.push(part);
    };
    const dropped = (what: string) => {
      if (!problems.some((problem) => problem.kind === "dropped" && problem.what === what))
        problems.push({ kind: "dropped", what });
    };
    let parser: InstanceType<typeof Busboy>;
    try {
      parser = new Busboy({
        headers: { "content-type": contentType },
        limits: {
          fields: fieldsMax,
          files: filesMax,
          parts: fieldsMax + filesMax,
          fieldSize: fieldBytesMax,
          fieldNameSize: 200,
          headerPairs: 50,
        },
      });
    } catch (cause) {
      return refuse(inWords(cause));
    }
    parser.on("field", (name, value, nameCut, valueCut) => {
      if (nameCut || valueCut) dropped("the end of a field that is too long");
      if (name !== undefined) add(name, value);
    });
    parser.on("file", (name, stream, filename, _encoding, mimeType) => {
      const hash = createHash("sha256");
      const place = filesBegun++;
      let kept: Buffer[] | null = content === "all" || content === place ? [] : null;
      let size = 0;
      stream.on("data", (chunk: Buffer) => {
        size += chunk.length;
        hash.update(chunk);
        if (kept === null) return;
        kept.push(chunk);
        contentBytes += chunk.length;
        if (content !== "all" || contentBytes <= allContentBytesMax) return;
        kept = null;
        dropped("the content of files that are too large together");
      });
      stream.on("end", () => {
        const file: FilePart = {
          filename: filename ?? "",
          contentType: mimeType,
          bytes: size,
          sha256: hash.digest("hex"),
        };
        files[place] = {
          field: name ?? "",
          ...file,
          base64: kept === null ? null : Buffer.concat(kept).toString("base64"),
        };
        if (name !== undefined) add(name, file);
      });
      stream.on("error", () => dropped("a file that ends too early"));
    });
    parser.on("partsLimit", () => dropped(`parts after the first ${fieldsMax + filesMax}`));
    parser.on("fieldsLimit", () => dropped(`fields after the first ${fieldsMax}`));
    parser.on("filesLimit", () => dropped(`files after the first ${filesMax}`));
    parser.on("error", (cause) => refuse(inWords(cause)));
    parser.on("finish", () =>
      resolve({ kind: "parsed", value: toObject(parts), files: files.filter((file) => file !== undefined) }),
    );
    parser.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });
}

/** The parser's own words, said plainly where they are known. */
function inWords(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : "";
  if (message.includes("Boundary not found")) return "its Content-Type names no boundary.";
  if (message.includes("needle")) return "its boundary is too long.";
  if (message.includes("Unexpected end")) return "it ends too early, or its boundary is another one.";
  return message === "" ? "it could not be read." : message.slice(0, 200);
}

function toObject(parts: Map<string, unknown[]>): Record<string, unknown> {
  // fromEntries defines own properties, also for names such as __proto__.
  return Object.fromEntries([...parts].map(([name, list]) => [name, list.length === 1 ? list[0] : list]));
}
