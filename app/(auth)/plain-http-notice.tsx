import { Notice } from "#components/ui/notice.tsx";

/** Says once that what is typed here can be read on the way. */
export function PlainHttpNotice() {
  return (
    <Notice tone="warn" title="This connection is not encrypted">
      Fine on a network you trust. Elsewhere, put HTTPS in front of Hookline and set HOOKLINE_URL.
    </Notice>
  );
}
