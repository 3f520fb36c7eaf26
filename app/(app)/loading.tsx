import { Page } from "#components/ui/page.tsx";
import { Skeleton, TableSkeleton } from "#components/ui/skeleton.tsx";

/** The geometry of a list page while its rows are read. */
export default function Loading() {
  return (
    <Page>
      <Skeleton className="mt-2 mb-6 h-5 w-40" />
      <TableSkeleton />
    </Page>
  );
}
