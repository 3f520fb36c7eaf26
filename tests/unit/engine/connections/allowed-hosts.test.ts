import { describe, expect, test } from "vitest";
import { allowedHosts, coversHosts, mayGoTo, readHostEntry, targetOf } from "#lib/engine/connections/allowed-hosts.ts";
import { writtenHosts } from "#lib/engine/connections/written-hosts.ts";

const goes = (entry: string, url: string): boolean => {
  const target = targetOf(url);
  if (target === null) throw new Error(`no target: ${url}`);
  return mayGoTo([readHostEntry(entry) ?? "unreadable"], target);
};

test.each([
  ["API.acme.dev.", "api.acme.dev"],
  ["https://api.acme.dev/v1?x=1", "api.acme.dev"],
  ["http://localhost:8080/", "localhost:8080"],
  ["localhost:80", "localhost:80"],
  ["münchen.example", "xn--mnchen-3ya.example"],
  ["*.acme.dev", "*.acme.dev"],
  ["*.acme.dev:8443", "*.acme.dev:8443"],
  ["0x7f.1", "127.0.0.1"],
  ["::1", "::1"],
  ["[::1]:8080", "[::1]:8080"],
  ["[::1]:80", "[::1]:80"],
  [" * ", "*"],
])("reads %j as %j, and what it read as itself", (written, entry) => {
  expect(readHostEntry(written)).toBe(entry);
  expect(readHostEntry(entry)).toBe(entry);
});

test.each(["", "a b", "a/b", "*.", "*.*.dev", "*.1.2.3.4", "*.[::1]", "user@host", "host:99999", "http://", "ftp://a"])(
  "takes %j for no host",
  (written) => expect(readHostEntry(written)).toBeNull(),
);

describe("a secret goes", () => {
  test.each([
    ["api.acme.dev", "https://api.acme.dev/x"],
    ["api.acme.dev", "http://API.ACME.DEV.:8080/"],
    ["*.acme.dev", "https://a.b.acme.dev/"],
    ["localhost:8080", "http://localhost:8080/"],
    ["crm.acme.dev:443", "https://crm.acme.dev/"],
    ["127.0.0.1", "http://2130706433/"],
    ["[::1]:8080", "http://[0:0::1]:8080/"],
    ["*", "https://anything.example/"],
  ])("with %s to %s", (entry, url) => expect(goes(entry, url)).toBe(true));

  test.each([
    ["api.acme.dev", "https://acme.dev/"],
    ["api.acme.dev", "https://api.acme.dev.evil.example/"],
    ["*.acme.dev", "https://acme.dev/"],
    ["*.acme.dev", "https://evilacme.dev/"],
    ["localhost:8080", "http://localhost:8081/"],
    ["crm.acme.dev:443", "http://crm.acme.dev/"],
    ["api.acme.dev", "https://api.acme.dev@evil.example/"],
  ])("not with %s to %s", (entry, url) => expect(goes(entry, url)).toBe(false));

  test("nowhere without a list", () => {
    expect(mayGoTo([], { host: "api.acme.dev", port: 443 })).toBe(false);
    expect(allowedHosts.safeParse([]).success).toBe(false);
  });
});

test("a narrower list is covered by a wider one, never the other way round", () => {
  for (const [wide, narrow] of [
    ["*", "a.dev"],
    ["*.acme.dev", "a.acme.dev"],
    ["*.acme.dev", "*.a.acme.dev"],
    ["*.acme.dev", "a.acme.dev:8443"],
    ["a.dev", "a.dev:8443"],
  ] as const) {
    expect(coversHosts([wide], [narrow]), `${wide} covers ${narrow}`).toBe(true);
    expect(coversHosts([narrow], [wide]), `${narrow} does not cover ${wide}`).toBe(false);
  }
});

test("finds the hosts that steps are written to call, and says where an event chooses one", () => {
  const step = (url: string) => ({ kind: "action", connectionId: "c1", input: { url } });
  const definition = {
    steps: [
      step("https://api.acme.dev/{{ trigger.body.id }}"),
      {
        kind: "forEach",
        steps: [step("http://crm.acme.dev:8080?x=1"), { ...step("https://other.dev"), connectionId: "c2" }],
      },
    ],
  };
  expect(writtenHosts([definition], "c1")).toEqual({ hosts: ["api.acme.dev", "crm.acme.dev:8080"], open: false });
  expect(writtenHosts([{ steps: [step("https://{{ trigger.body.shop }}.acme.dev/")] }], "c1")).toEqual({
    hosts: [],
    open: true,
  });
});
