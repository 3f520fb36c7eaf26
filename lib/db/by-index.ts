/**
 * Options of a connection whose statements join a few ids with big tables: they are planned once, and by indexes.
 * That is always right there, whatever yesterday's statistics of a table that was empty then make the planner believe;
 * and planning takes longer than running where a statement stores a single event.
 */
export const BY_INDEX = ["plan_cache_mode=force_generic_plan", "enable_seqscan=off", "enable_mergejoin=off", "jit=off"]
  .map((setting) => `-c ${setting}`)
  .join(" ");
