import { expect, test } from "vitest";
import {
  closeLiveStreams,
  mayOpenStream,
  registerLiveStream,
  STREAMS_PER_PERSON_MAX,
} from "#lib/platform/live-streams.ts";

test("a person may open so many live streams, and another when one is closed; others are not held up", () => {
  const forget = Array.from({ length: STREAMS_PER_PERSON_MAX }, () => registerLiveStream("user one", () => undefined));
  expect(mayOpenStream("user one")).toBe(false);
  expect(mayOpenStream("user two")).toBe(true);
  forget[0]?.();
  expect(mayOpenStream("user one")).toBe(true);
  for (const each of forget) each();
});

test("a stopping server closes everybody's", () => {
  const closed: string[] = [];
  const forget = ["user one", "user one", "user two"].map((person, at) =>
    registerLiveStream(person, () => void closed.push(`${person} ${at}`)),
  );
  closeLiveStreams();
  expect(closed).toEqual(["user one 0", "user one 1", "user two 2"]);
  for (const each of forget) each();
});
