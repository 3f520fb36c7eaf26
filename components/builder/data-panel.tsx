"use client";
import { useMemo, useState } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { InsertMenu } from "#components/builder/insert-menu.tsx";
import { SampleChooser } from "#components/builder/sample-chooser.tsx";
import { scopeJson } from "#components/builder/scope-json.ts";
import { copyText } from "#components/ui/copy-text.ts";
import { type JsonRoot, readLeaf } from "#components/ui/json-rows.ts";
import { JsonTree, type JsonTreeValueRow } from "#components/ui/json-tree.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { type ListChoice, listChoices, valueAt } from "#lib/engine/edit/list-choices.ts";
import { newStep } from "#lib/engine/edit/new-step.ts";
import { pathExpression } from "#lib/engine/edit/path-expression.ts";
import { shownTrigger } from "#lib/engine/edit/shown-trigger.ts";
import { changeStep } from "#lib/engine/edit/step-tree.ts";

const CLOSED = ["headers", "query", "exact", "files", "cloudEvent"];

/**
 * The sample event and what earlier steps give, as a tree: a click writes the value's path into the field that is the
 * target.
 */
export function DataPanel() {
  const { store } = useBuilder();
  const scope = useBuilderState((state) => state.preview?.answer.scope ?? null);
  const target = useBuilderState((state) => state.target);
  const hasSample = useBuilderState((state) => state.sample !== null);
  const [search, setSearch] = useState("");
  const [menu, setMenu] = useState<{ choices: ListChoice[]; at: Element } | null>(null);
  const roots = useMemo<JsonRoot[]>(() => {
    if (!scope) return [];
    return [
      ...(scope.trigger ? [{ label: "Trigger", path: ["trigger"], value: shownTrigger(scope.trigger) }] : []),
      ...scope.steps.map((step) => ({
        label: step.name,
        path: ["steps", step.id],
        value: readLeaf(new JsonText(step.json)),
        note: step.provenance === "example" ? "example, not your data" : "with this sample",
        striped: step.provenance === "example",
      })),
      ...(scope.item
        ? [
            {
              label: `Item of ${scope.item.name}`,
              path: ["item"],
              value: readLeaf(new JsonText(scope.item.json)),
              note: `1st of ${scope.item.of}`,
            },
          ]
        : []),
      ...(scope.error
        ? [
            {
              label: `Error of ${scope.error.name}`,
              path: ["error"],
              value: readLeaf(new JsonText(scope.error.json)),
              note: "example, not your data",
              striped: true,
            },
          ]
        : []),
      ...(scope.vars === "{}"
        ? []
        : [{ label: "Variables", path: ["vars"], value: readLeaf(new JsonText(scope.vars)) }]),
      { label: "Run", path: ["run"], value: scope.run },
    ];
  }, [scope]);

  const insert = async (expression: string) => {
    const { target: field } = store.getState();
    if (field) field.insert(expression);
    else
      showToast(
        (await copyText(expression))
          ? "Path copied. Put the cursor into a field to insert it."
          : "Put the cursor into a field first.",
      );
  };
  const pick = (row: JsonTreeValueRow, withMenu: boolean, at: Element | null) => {
    const choices = listChoices(row.path, (path) => valueAt(scopeJson(scope) ?? null, path));
    if (choices.length > 0 && at) setMenu({ choices, at });
    else if (withMenu && at)
      setMenu({ choices: [{ kind: "this", label: "This value", expression: pathExpression(row.path) }], at });
    else void insert(pathExpression(row.path));
  };
  const choose = (choice: ListChoice) => {
    setMenu(null);
    if (choice.kind !== "each") return void insert(choice.expression);
    const { selection, target: field, edit } = store.getState();
    if (selection.kind !== "step") return;
    field?.insert(choice.rest);
    edit("Repeat for each", (flow) => {
      const loop = newStep({ kind: "forEach" }, flow);
      return changeStep(flow, selection.id, (step) =>
        loop.kind === "forEach" ? { ...loop, items: choice.items, steps: [step] } : step,
      );
    });
    showToast("The step now repeats for each item", {
      action: { label: "Undo", onSelect: () => store.getState().undo() },
    });
  };
  return (
    <section aria-label="Data" className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <header className="flex flex-col gap-2 border-b border-line p-3">
        <div className="flex h-5 items-center justify-between gap-2">
          <h2 className="min-w-0 truncate text-13 font-semibold">{target ? `Insert into ${target.label}` : "Data"}</h2>
        </div>
        <SampleChooser />
        <SearchInput label="Search data" value={search} onValueChange={setSearch} />
      </header>
      {roots.length > 0 && hasSample ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: keeps the focus in the field while the mouse picks data
        <div
          className="flex min-h-0 flex-1 flex-col p-1.5"
          onMouseDown={(event) => {
            if (store.getState().target) event.preventDefault();
          }}
        >
          <JsonTree
            label="Data of the sample and earlier steps"
            roots={roots}
            search={search}
            levels={5}
            closed={CLOSED}
            onPick={pick}
            pathText={pathExpression}
            className="max-h-none flex-1"
          />
        </div>
      ) : (
        <p className="p-4 text-13 text-ink-2">
          Choose an event above, paste one, or send a request to the endpoint: its data appears here.
        </p>
      )}
      {menu ? <InsertMenu choices={menu.choices} at={menu.at} onChoose={choose} onClose={() => setMenu(null)} /> : null}
    </section>
  );
}
