import type { WorkspaceId } from "#lib/core/ids.ts";
import { listTestMarks } from "#lib/db/test-marks.ts";
import { isTestMark } from "#lib/platform/test-mark.ts";

/**
 * Those of an endpoint's requests that this instance sent itself, as a test or a sample: the ones that carry its own
 * mark.
 */
export async function findTests(
  workspaceId: WorkspaceId,
  endpointId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const marks = await listTestMarks(workspaceId, ids);
  return new Set(ids.filter((id) => isTestMark(endpointId, marks.get(id) ?? "")));
}
