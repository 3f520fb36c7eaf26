import { registerHooks } from "node:module";

/*
 * The planted fault: loaded into a worker by --import, it makes events whose body has `"poison": "…"` harm the process
 * that works on them: killed by a signal, out of memory, an error nobody catches, an exit, a loop without end, or a
 * database connection that breaks each time. It lives here, so that no installation can be told to do this.
 */
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith("/lib/commands/runs/execute-run.ts")) return loaded;
    const source = String(loaded.source);
    const planted = source
      .replace("    return await runFlow(\n", "    poison(run.event?.body);\n    return await runFlow(\n")
      .concat(`
function poison(body) {
  switch (/"poison":"(\\w+)"/.exec(Buffer.from(body ?? []).toString())?.[1]) {
    case "signal": process.kill(process.pid, "SIGKILL"); for (;;);
    case "exit": process.exit(0);
    case "loop": for (;;);
    case "memory": for (const all = []; ; ) all.push(new Array(1_000_000).fill(all.length));
    case "uncaught": setImmediate(() => { throw new TypeError("planted"); }); break;
    case "throw": throw new TypeError("planted");
    case "database": throw Object.assign(new Error("Connection terminated unexpectedly"));
  }
}
`);
    if (!planted.includes("poison(run.event?.body)"))
      throw new Error("Working on a run has changed: plant the fault anew.");
    return { ...loaded, source: planted };
  },
});
