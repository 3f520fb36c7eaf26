import { defineProvider } from "#lib/webhooks/define-provider.ts";

/**
 * Notifications of a container registry (CNCF Distribution, Docker Registry): an envelope of events, each with an id.
 */
export const provider = defineProvider({
  id: "docker-registry",
  name: "Docker Registry",
  category: "code",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    { kind: "token", id: "bearer", label: "Bearer token", place: { header: "authorization" }, prefix: "bearer" },
    { kind: "token", id: "basic", label: "Basic credentials", place: { header: "authorization" }, prefix: "basic" },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [{ from: "body", path: "events.0.action" }],
  dedupe: {
    // The envelope has no id of its own: it is known by those of all its events, which stay the same over retries.
    sources: [{ from: "each", list: "events", parts: [{ from: "body", path: "id", required: true }], separator: "" }],
    fallback: null,
  },
  batch: {
    itemIs: "registry event",
    path: "events",
    eventType: [{ from: "body", path: "action" }],
    id: [{ from: "body", path: "id" }],
  },
  recognition: [
    { header: "content-type", value: /^application\/vnd\.docker\.distribution\.events\./, weight: 6 },
    { body: "events.0.target.digest", weight: 4 },
    { body: "events.0.action", value: /^(push|pull|mount|delete)$/, weight: 2 },
  ],
  help: {
    pasteUrl: "The registry's configuration file: notifications → endpoints → url.",
    secretWhere: "The same file: headers → Authorization; you choose it.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "It waits half a second for the answer unless you raise timeout.",
      "After a redirect the event is lost: give it the address itself.",
      "Every pull of every layer is an event: choose the actions you want in the flow, or ignore media types " +
        "in the registry.",
    ],
    docsUrl: "https://distribution.github.io/distribution/about/notifications/",
    eventsWorthTicking: ["push", "delete"],
  },
  delivery: {
    ackDeadlineSeconds: 0.5,
    answer: "Any 2xx or 3xx within the configured timeout.",
    retries: "Until it succeeds: threshold times at once, then again after each backoff. Retry-After is not read.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/vnd.docker.distribution.events.v1+json"],
      ["User-Agent", "Go-http-client/1.1"],
    ],
    body:
      '{"events":[{"id":"320678d8-ca14-430f-8bb6-4ca139cd83f7","timestamp":"2026-01-01T00:00:00.000000001Z",' +
      '"action":"push","target":{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","size":708,' +
      '"digest":"sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf","length":708,' +
      '"repository":"hello-world","url":"http://registry.example.com/v2/hello-world/manifests/' +
      'sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf","tag":"latest"},' +
      '"request":{"id":"6df24a34-0959-4923-81ca-14f09767db19","addr":"192.0.2.7:42961",' +
      '"host":"registry.example.com","method":"PUT","useragent":"docker/27.1.1"},"actor":{},' +
      '"source":{"addr":"registry:5000","instanceID":"a53db899-3b4b-4a62-a067-8dd013beaca4"}}]}',
    eventType: "push",
  },
});
