import type { Metadata } from "next";
import { Variable } from "#components/icons.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, HeadCell, Row, Table, TableHead } from "#components/ui/table.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { DeleteVariable } from "#components/variables/delete-variable.tsx";
import { EditVariable } from "#components/variables/edit-variable.tsx";
import { loadVariables, type VariableItem } from "#lib/loaders/variables.ts";
import { createVariableAction, deleteVariableAction, updateVariableAction } from "./actions.ts";

export const metadata: Metadata = { title: "Variables" };

const VALUE_CHARS_SHOWN = 80;

/** The plain values that expressions of every flow read as vars.name. */
export default async function VariablesPage() {
  const { variables, mayEdit } = await loadVariables();
  return (
    <Page>
      <PageHeader
        title="Variables"
        count={variables.length}
        description={
          "Values that every flow reads as vars.name. A run reads the newest value when it is taken up; what a step " +
          "was given stays when it is tried again. Everybody here can read them: passwords and keys belong into " +
          "Connections."
        }
        actions={
          mayEdit ? <EditVariable variable={null} create={createVariableAction} update={updateVariableAction} /> : null
        }
      />
      {variables.length === 0 ? (
        <EmptyState icon={<Variable />} title="No variables yet">
          Keep here what several flows use and what changes now and then: an address, a limit, a list of names.
        </EmptyState>
      ) : (
        <Table label="Variables">
          <TableHead>
            <HeadCell>Name</HeadCell>
            <HeadCell>Value</HeadCell>
            <HeadCell>Read by</HeadCell>
            <HeadCell end>Changed</HeadCell>
            {mayEdit ? <HeadCell end>Edit</HeadCell> : null}
          </TableHead>
          <tbody>
            {variables.map((variable) => (
              <VariableRow key={variable.name} variable={variable} mayEdit={mayEdit} />
            ))}
          </tbody>
        </Table>
      )}
    </Page>
  );
}

function VariableRow({ variable, mayEdit }: { variable: VariableItem; mayEdit: boolean }) {
  const { name, text, flows, updatedAt } = variable;
  const shown = text.length > VALUE_CHARS_SHOWN ? `${text.slice(0, VALUE_CHARS_SHOWN)}…` : text;
  return (
    <Row>
      <Cell mono className="font-semibold">
        vars.{name}
      </Cell>
      <Cell mono className="text-ink-2">
        {shown === "" ? "(empty text)" : shown}
      </Cell>
      <Cell>
        {flows.length === 0 ? (
          <span className="text-ink-3">no flow</span>
        ) : (
          <span className="flex flex-wrap gap-x-3">
            {flows.map((flow) => (
              <TextLink key={flow.id} href={`/flows/${flow.id}`}>
                {flow.name}
              </TextLink>
            ))}
          </span>
        )}
      </Cell>
      <Cell end>
        <RelativeTime at={updatedAt} ago />
      </Cell>
      {mayEdit ? (
        <Cell end>
          <span className="inline-flex gap-2">
            <EditVariable variable={variable} create={createVariableAction} update={updateVariableAction} />
            <DeleteVariable name={name} flows={flows} remove={deleteVariableAction} />
          </span>
        </Cell>
      ) : null}
    </Row>
  );
}
