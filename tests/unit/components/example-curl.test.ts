import { expect, it } from "vitest";
import { exampleCurl } from "#components/endpoints/example-curl.ts";

const curlFor = (...methods: string[]) => exampleCurl({ url: "https://hooks.example/in/abc", settings: { methods } });

it("sends JSON where the method has a body, and none with GET or HEAD", () => {
  expect(curlFor("POST")).toBe(
    `curl -X 'POST' 'https://hooks.example/in/abc' \\\n  -H 'content-type: application/json' \\\n` +
      `  --data-raw '{"hello":"world"}'`,
  );
  expect(curlFor("PUT", "GET")).toContain("--data-raw");
  expect(curlFor("GET")).toBe("curl -X 'GET' 'https://hooks.example/in/abc'");
  expect(curlFor("HEAD")).toBe("curl -I 'https://hooks.example/in/abc'");
});
