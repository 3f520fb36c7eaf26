import type { ReactNode } from "react";
import { Mark } from "#components/shell/rail.tsx";

/** The pages before one is signed in: one narrow column. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center bg-ground px-4 pt-[12vh] pb-12">
      <div className="flex w-full max-w-96 flex-col gap-6">
        <p className="flex items-center gap-2 text-14 font-semibold text-ink">
          <Mark />
          Hookline
        </p>
        {children}
      </div>
    </main>
  );
}
