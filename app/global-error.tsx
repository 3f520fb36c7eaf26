"use client";
import "./globals.css";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";

/** The last resort, when even the frame could not be drawn. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en" data-theme="light">
      <body>
        <ErrorState title="Hookline could not show this page" action={<Button onClick={reset}>Try again</Button>}>
          What was received and saved is stored. If it happens again, the log of the web process has the cause.
        </ErrorState>
      </body>
    </html>
  );
}
