import { registerHooks } from "node:module";

/*
 * The planted fault: loaded into the door by --import, it rewrites the accept statement so that runs and jobs are
 * written by a second statement, after the event's commit and the sender's 2xx. The auditor must see it. It lives here
 * and not behind a switch in the product, so that no installation can be told to lose events.
 */
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith("/lib/db/accept-events.ts")) return loaded;
    const source = String(loaded.source);
    const planted = source
      .replace("WHERE s.verdict = 'accepted'\n", "WHERE s.verdict = 'accepted' AND false\n")
      .replace(
        "  return outcomesOf(events, new Map(",
        "  setTimeout(() => void enqueueOutside(rows.map((row) => row.id)).catch(() => undefined), 150);\n" +
          "  return outcomesOf(events, new Map(",
      )
      .concat(`
async function enqueueOutside(ids) {
  await acceptPool().query(\`WITH wanted AS (
    SELECT uuidv7() AS run_id, e.*, t.flow_id, t.version_id FROM event e JOIN flow_trigger t USING (endpoint_id)
    WHERE e.id = ANY ($1::uuid[])
  ), started AS (
    INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, origin_run_id)
    SELECT run_id, workspace_id, flow_id, version_id, id, event_type, endpoint_id, run_id FROM wanted
  )
  SELECT graphile_worker.add_jobs(array_agg(
    ROW('run', json_build_object('runId', run_id), NULL, NULL, 32767, NULL, NULL, NULL)::graphile_worker.job_spec))
  FROM wanted\`, [ids]);
}
`);
    if (planted.indexOf("AND false") === -1 || planted.indexOf("enqueueOutside(rows") === -1)
      throw new Error("The accept statement has changed: plant the fault anew.");
    return { ...loaded, source: planted };
  },
});
