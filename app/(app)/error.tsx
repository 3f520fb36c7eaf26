"use client";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { wordsOfDigest } from "#lib/core/describe-error.ts";

/** What a page shows when it could not be made; the cause is in the log under the same digest. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const words = wordsOfDigest(error.digest);
  if (words !== null)
    return (
      <ErrorState title="This page cannot be shown" action={<Button onClick={reset}>Try again</Button>}>
        {words}
      </ErrorState>
    );
  return (
    <ErrorState
      title="This page could not be loaded"
      code={error.digest ? `Digest ${error.digest}` : undefined}
      action={<Button onClick={reset}>Try again</Button>}
    >
      The server answered with an error. Nothing you saved is lost; the log has the cause.
    </ErrorState>
  );
}
