/** One table as schema.prisma describes it, in the database's names. */
export type SchemaTable = {
  name: string;
  /** Column name to type, such as `uuid`, `text[]` or `timestamptz(3)?`; the question mark means nullable. */
  columns: Record<string, string>;
  primaryKey: string[];
  uniques: string[][];
  indexes: string[][];
  /** `columns -> table(columns) on delete`. */
  foreignKeys: string[];
};

type Field = { name: string; type: string; rest: string; column: string };
type Model = { model: string; table: string; fields: Field[]; blocks: string[] };

const TYPES: Record<string, string> = {
  String: "text",
  Int: "integer",
  BigInt: "bigint",
  Boolean: "boolean",
  Bytes: "bytea",
  Float: "double precision",
};

/** Reads the models of a schema.prisma as the tables they stand for; throws on a type it does not know. */
export function readPrismaSchema(source: string): SchemaTable[] {
  const models = [...source.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, model = "", body = ""]) =>
    readModel(model, body),
  );
  const byModel = new Map(models.map((model) => [model.model, model]));
  return models.map((model) => readTable(model, byModel));
}

function readModel(model: string, body: string): Model {
  const lines = body
    .split("\n")
    .map((line) => line.replace(/\/\/.*$/, "").trim())
    .filter((line) => line !== "");
  const fields = lines.flatMap((line) => {
    const [, name, type, rest = ""] = /^(\w+)\s+([\w[\]?]+)\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || type === undefined) return [];
    return [{ name, type, rest, column: /@map\("(\w+)"\)/.exec(rest)?.[1] ?? name }];
  });
  const blocks = lines.filter((line) => line.startsWith("@@"));
  return { model, table: /@@map\("(\w+)"\)/.exec(blocks.join("\n"))?.[1] ?? model, fields, blocks };
}

function readTable(model: Model, byModel: Map<string, Model>): SchemaTable {
  const plain = model.fields.filter((field) => !byModel.has(field.type.replace(/[[\]?]/g, "")));
  const columnOf = (owner: Model, name: string) => owner.fields.find((field) => field.name === name)?.column ?? name;
  const lists = (kind: string) =>
    model.blocks
      .filter((block) => block.startsWith(`@@${kind}(`))
      .map((block) =>
        names(/\[(.*?)\]\s*[,)]/.exec(`${block.replace(/\(sort: \w+\)/g, "")})`)?.[1] ?? "").map((name) =>
          columnOf(model, name),
        ),
      );
  const marked = (attribute: RegExp) =>
    plain.filter((field) => attribute.test(field.rest)).map((field) => [field.column]);
  return {
    name: model.table,
    columns: Object.fromEntries(plain.map((field) => [field.column, sqlType(field)])),
    primaryKey: [...marked(/@id\b/), ...lists("id")][0] ?? [],
    uniques: [...marked(/@unique\b/), ...lists("unique")],
    indexes: lists("index"),
    foreignKeys: model.fields.flatMap((field) => {
      const relation = /@relation\(fields: \[(.*?)\], references: \[(.*?)\](?:, onDelete: (\w+))?/.exec(field.rest);
      const target = byModel.get(field.type.replace("?", ""));
      if (relation === null || target === undefined) return [];
      const own = names(relation[1] ?? "").map((name) => columnOf(model, name));
      const theirs = names(relation[2] ?? "").map((name) => columnOf(target, name));
      return [`${own.join(",")} -> ${target.table}(${theirs.join(",")}) ${(relation[3] ?? "Restrict").toLowerCase()}`];
    }),
  };
}

function sqlType(field: Field): string {
  const base = field.type.replace(/[[\]?]/g, "");
  const native = /@db\.(\w+)(?:\((\d+)\))?/.exec(field.rest);
  const type =
    native !== null ? `${native[1]?.toLowerCase()}${native[2] === undefined ? "" : `(${native[2]})`}` : TYPES[base];
  if (type === undefined)
    throw new Error(`${field.name}: the type ${field.type} needs a line in TYPES, or a @db attribute.`);
  return `${type}${field.type.endsWith("[]") ? "[]" : ""}${field.type.endsWith("?") ? "?" : ""}`;
}

function names(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
