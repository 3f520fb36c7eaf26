import { expect, test } from "vitest";
import { missedSince, missedWindow } from "#lib/core/missed-window.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));

test("is open until now while a flow is off, from the first event kept on where it never ran", () => {
  expect(missedWindow({ on: false, missedFrom: null, missedTo: null }, at(30))).toEqual({
    from: new Date(0),
    until: at(30),
  });
  expect(missedWindow({ on: false, missedFrom: at(10), missedTo: null }, at(30))).toEqual({
    from: at(10),
    until: at(30),
  });
});

test("ends a minute after it was turned on, for what was being stored then", () => {
  expect(missedWindow({ on: true, missedFrom: at(10), missedTo: at(20) }, at(30))).toEqual({
    from: at(10),
    until: at(21),
  });
  expect(missedWindow({ on: true, missedFrom: null, missedTo: null }, at(30))).toBeNull();
});

test("begins a minute before it is turned off or with the first parked event, never before it was on", () => {
  const on = { on: true, missedFrom: null, missedTo: null };
  expect(missedSince(on, at(30), null)).toEqual(at(29));
  expect(missedSince(on, at(30), at(12))).toEqual(at(12));
  expect(missedSince({ ...on, missedTo: at(20) }, at(30), at(12))).toEqual(at(20));
  expect(missedSince({ ...on, missedTo: at(30) }, at(30), null)).toEqual(at(30));
});
