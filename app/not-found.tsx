import { CircleQuestionMark } from "#components/icons.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** The page for anything that does not exist, or not for this workspace: both look the same. */
export default function NotFound() {
  return (
    <EmptyState
      icon={<CircleQuestionMark />}
      title="There is nothing here"
      action={<ButtonLink href="/endpoints">Go to endpoints</ButtonLink>}
    >
      This page does not exist, has been deleted, or belongs to another workspace.
    </EmptyState>
  );
}
