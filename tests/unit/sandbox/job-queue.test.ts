import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Job } from "#lib/sandbox/create-pool.ts";
import { createJobQueue } from "#lib/sandbox/job-queue.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function job(name: string, fairnessKey = "a", body: object = {}): Job {
  return { task: { name, body }, fairnessKey } as unknown as Job;
}

const nameOf = (taken: Job | null) => (taken as unknown as { task: { name: string } } | null)?.task.name ?? null;

test("jobs come in their order, those of slow askers after the others, and those put back come first", () => {
  const queue = createJobQueue();
  for (const name of ["1", "2", "3", "4"]) queue.push(job(name, name === "1" ? "slow" : "a"));
  const slow = new Set(["slow"]);
  expect(nameOf(queue.take(slow, false))).toBe("2");
  const third = queue.take(slow, true);
  expect(nameOf(third)).toBe("3");
  if (third !== null) queue.pushFront([third]);
  expect(nameOf(queue.take(new Set(), false))).toBe("3");
  expect(nameOf(queue.take(new Set(), false))).toBe("1");
  expect(queue.size()).toBe(1);
  expect(queue.drain().map(nameOf)).toEqual(["4"]);
  expect(queue.take(slow, true)).toBeNull();
  expect(queue.size()).toBe(0);
});

test("a job that was taken out is not kept: it may hold a body of 16 MiB", async () => {
  const queue = createJobQueue();
  const bodies: WeakRef<object>[] = [];
  for (let n = 0; n < 40; n += 1) {
    const body = { n };
    bodies.push(new WeakRef(body));
    queue.push(job(String(n), "a", body));
  }
  for (let n = 0; n < 30; n += 1) queue.take(new Set(), false);
  // What is made or read in one turn of the event loop stays until its end.
  await new Promise(setImmediate);
  collect();
  expect(bodies.map((body) => body.deref() !== undefined)).toEqual(Array.from({ length: 40 }, (_, n) => n >= 30));
  expect(queue.size()).toBe(10);
});
