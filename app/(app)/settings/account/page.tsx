import type { Metadata } from "next";
import { cookies } from "next/headers";
import { SingleKeysSwitch } from "#components/settings/single-keys-switch.tsx";
import { ThemeChoice } from "#components/settings/theme-choice.tsx";
import { SINGLE_KEYS_COOKIE } from "#components/shell/shortcuts.ts";
import { Card } from "#components/ui/card.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { Page } from "#components/ui/page.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { THEME_COOKIE, themeOf } from "#components/ui/theme.ts";
import { requireSession } from "#lib/auth/require-actor.ts";
import { PasswordForm } from "./password-form.tsx";
import { SignOutEverywhere } from "./sign-out-everywhere.tsx";

export const metadata: Metadata = { title: "Account" };

/** One's own account: password, sessions, and how the product looks and listens. */
export default async function AccountPage() {
  const { user, current } = await requireSession();
  const jar = await cookies();
  return (
    <Page kind="form">
      <PageHeader title="Account" />
      <div className="flex flex-col gap-6">
        <Card title="You">
          <DescriptionList
            items={[
              ["E-mail", user.email],
              ["Workspace", current?.workspaceName ?? "none"],
              ["Role", current?.role ?? "none"],
            ]}
          />
        </Card>
        <Card title="Password" description="Changing it signs you out of every other browser.">
          <PasswordForm email={user.email} />
        </Card>
        <Card
          title="Sessions"
          description="Ends every session of your account, this one too. API keys keep working."
          actions={<SignOutEverywhere />}
        >
          <p className="text-13 text-ink-3">A session ends by itself after 30 days.</p>
        </Card>
        <Card title="This browser">
          <div className="flex flex-col gap-4">
            <ThemeChoice initial={themeOf(jar.get(THEME_COOKIE)?.value)} />
            <SingleKeysSwitch initial={jar.get(SINGLE_KEYS_COOKIE)?.value !== "off"} />
          </div>
        </Card>
      </div>
    </Page>
  );
}
