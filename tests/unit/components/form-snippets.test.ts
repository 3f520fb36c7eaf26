import { describe, expect, it } from "vitest";
import {
  fetchScript,
  fetchSnippet,
  formSnippet,
  policyFor,
  type SnippetOptions,
} from "#components/endpoints/form-snippets.ts";
import { OPEN_TIME_FIELD } from "#lib/door/check-form.ts";

const plain: SnippetOptions = {
  url: "https://hooks.example/in/abc",
  honeypot: null,
  minimumSeconds: null,
  withFile: false,
  thankYouUrl: null,
};

describe("forms to copy", () => {
  it("ask for no more than the settings need", () => {
    const text = formSnippet(plain);
    expect(text).toMatch(/^<form data-hookline method="post"\n {2}action="https:\/\/hooks\.example\/in\/abc">\n/);
    expect(text).not.toMatch(/script|hidden|enctype|type="file"/);
  });

  it("carry the hidden field, the time and the file field where they are wanted, in the words the door reads", () => {
    const text = formSnippet({ ...plain, honeypot: "website", minimumSeconds: 3, withFile: true });
    expect(text).toContain('<div hidden><label>Leave this empty <input name="website"');
    expect(text).toContain(`name="${OPEN_TIME_FIELD}"`);
    expect(text).toContain('enctype="multipart/form-data"');
    expect(text).toContain(`elements.${OPEN_TIME_FIELD}.value`);
  });

  it("use no inline style or handler, which strict pages refuse", () => {
    for (const text of [
      formSnippet({ ...plain, honeypot: "a", minimumSeconds: 3 }),
      fetchSnippet({ ...plain, honeypot: "a" }),
    ])
      expect(text).not.toMatch(/ style=| on[a-z]+=/);
  });

  it("keep what an owner wrote from breaking out of its place", () => {
    expect(formSnippet({ ...plain, honeypot: '"><script>' })).toContain('name="&quot;>&lt;script>"');
    expect(fetchScript({ ...plain, thankYouUrl: "https://a.example/</script><b>" })).not.toContain("</script>");
  });

  it("name what a strict policy must allow", () => {
    expect(policyFor({ ...plain, thankYouUrl: "https://shop.example/thanks" })).toEqual({
      form: "form-action https://hooks.example https://shop.example",
      fetch: "connect-src https://hooks.example; form-action https://hooks.example https://shop.example",
    });
  });
});
