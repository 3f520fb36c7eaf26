import type { BodyReading } from "#lib/bodies/body-reading.ts";
import { readBody } from "#lib/bodies/read-body.ts";
import { createEvaluator } from "./evaluate-expression.ts";
import { contextCharsMax, type SandboxLimits } from "./limits.ts";
import type { FromChild, LargeDelivery, PackedReading, Task, ToChild } from "./protocol.ts";
import { checkSchema, validateBody } from "./validate-body.ts";
import { parseKeepingNumbers, type Reader } from "./written-numbers.ts";

// The process that runs what users wrote. It holds no secret, opens nothing, and is killed when it is late.
// Tasks run strictly one after the other; the parent times the first of those it has sent.

const queue: Task[] = [];
let running = false;

// Texts without a zone are UTC everywhere.
process.env["TZ"] = "UTC";
hideFunctionConstructors();
// The parent writes it; nobody else can start this process.
const evaluator = await createEvaluator(JSON.parse(process.argv[2] ?? "") as SandboxLimits);
const prototypeKeys = prototypeFingerprint();

// Ctrl-C reaches the whole group; the host drains first and then ends its children itself.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit(0));
process.on("message", (message: ToChild) => {
  if (message.kind === "cancel") {
    for (const taskId of message.taskIds) {
      const index = queue.findIndex((task) => task.taskId === taskId);
      if (index !== -1) queue.splice(index, 1);
    }
    return;
  }
  queue.push(message);
  if (!running) void drain();
});
await reply({ kind: "ready" });

async function drain(): Promise<void> {
  running = true;
  for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
    const startedAt = performance.now();
    await perform(task);
    // A task that took long may have been followed by a cancel that is still in the pipe: let it in first.
    if (performance.now() - startedAt > 10) await new Promise((resolve) => setImmediate(resolve));
    if (prototypeFingerprint() !== prototypeKeys) process.exit(70);
  }
  running = false;
}

async function perform(task: Task): Promise<void> {
  switch (task.kind) {
    case "evaluate":
      return evaluateAll(task);
    case "check":
      return reply({ kind: "checked", taskId: task.taskId, index: 0, outcome: evaluator.check(task.source) });
    case "readBody":
      return reply({
        kind: "bodyRead",
        taskId: task.taskId,
        index: 0,
        body: readLeavingBytes(task),
      });
    case "validate": {
      const outcome = await validateBody(task.schema, task.contentType, task.bytes);
      return reply({ kind: "validated", taskId: task.taskId, index: 0, outcome });
    }
    case "checkSchema":
      return reply({ kind: "schemaChecked", taskId: task.taskId, index: 0, outcome: await checkSchema(task.schema) });
    case "readDelivery":
      return reply({ kind: "deliveryRead", taskId: task.taskId, index: 0, reading: await readDelivery(task) });
  }
}

/** What is nothing but the bytes stays here: who asked has them. */
function readLeavingBytes({ contentType, bytes, wishes }: Extract<Task, { kind: "readBody" }>): BodyReading {
  const { json, ...reading } = readBody(contentType, bytes, wishes);
  return json === undefined || reading.isAsSent === true ? reading : { ...reading, json };
}

async function readDelivery({ rules, request, eventId, receivedAt }: LargeDelivery): Promise<PackedReading> {
  // Read on first use: most children never see a large delivery.
  const [{ readLargeDelivery }, { packSplit }] = await Promise.all([
    import("#lib/door/read-large-delivery.ts"),
    import("#lib/door/packed-split.ts"),
  ]);
  const reading = readLargeDelivery(rules, request, eventId, receivedAt);
  return { ...reading, split: packSplit(reading.split, request.body) };
}

async function evaluateAll(task: Extract<Task, { kind: "evaluate" }>): Promise<void> {
  const { taskId, now, deadlineMs } = task;
  const tooLarge = task.contextJson.length > contextCharsMax;
  const reader: Reader = { lost: null };
  const context: unknown =
    tooLarge || task.contextJson === "" ? undefined : parseKeepingNumbers(task.contextJson, reader);
  for (let index = task.from; index < task.expressions.length; index++) {
    const expression = task.expressions[index];
    if (expression === undefined) break;
    const outcome = tooLarge
      ? ({ kind: "too-large", limit: "context" } as const)
      : // Seeded per expression, so that its value does not depend on what else was in the batch.
        await evaluator.evaluate(
          expression.source,
          context,
          { now, seed: `${task.seed}\0${expression.id}`, reader, rounds: task.rounds },
          deadlineMs,
        );
    await reply({ kind: "outcome", taskId, index, outcome });
  }
}

/** Resolves when the answer has left this process, so that a hang afterwards cannot take it along. */
function reply(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) process.exit(0);
    process.send(message, undefined, undefined, () => resolve());
  });
}

/** No value reachable from an expression leads to a constructor that compiles text into code. */
function hideFunctionConstructors(): void {
  const kinds = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const kind of kinds) Reflect.deleteProperty(Object.getPrototypeOf(kind), "constructor");
}

function prototypeFingerprint(): string {
  return [Object.prototype, Array.prototype, String.prototype, Function.prototype]
    .map((prototype) => Object.getOwnPropertyNames(prototype).length)
    .join();
}
