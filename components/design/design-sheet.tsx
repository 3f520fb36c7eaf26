import type { ReactNode } from "react";
import { ControlSamples } from "#components/design/control-samples.tsx";
import { DataSamples } from "#components/design/data-samples.tsx";
import { OverlaySamples } from "#components/design/overlay-samples.tsx";
import { StateSamples } from "#components/design/state-samples.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

/** All controls of the design system in one theme. */
export function DesignSheet({ theme }: { theme: "light" | "dark" }) {
  return (
    <section data-theme={theme} aria-label={`${theme} theme`} className="min-w-0 bg-ground p-6 text-ink">
      <PageHeader title={theme === "light" ? "Light" : "Dark"} description="What every page is made of." />
      <div className="flex flex-col gap-8">
        <Block title="Type">
          <p className="text-24 font-semibold">24 set-up and empty pages</p>
          <p className="text-20 font-semibold">20 page title</p>
          <p className="text-16 font-semibold">16 dialog and section title</p>
          <p className="text-14">14 forms, prose, buttons</p>
          <p className="text-13">13 tables, cards, trees</p>
          <p className="text-12 text-ink-2">12 secondary line, badges</p>
          <p className="text-12 text-ink-3">12 hints and placeholders</p>
          <p className="font-mono text-13">13 mono: a != b, 0O 1lI</p>
        </Block>
        <Block title="Controls">
          <ControlSamples />
        </Block>
        <Block title="States">
          <StateSamples />
        </Block>
        <Block title="Data">
          <DataSamples />
        </Block>
        <Block title="Over the page">
          <OverlaySamples theme={theme} />
        </Block>
      </div>
    </section>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <h2 className="text-16 font-semibold">{title}</h2>
      {children}
    </section>
  );
}
