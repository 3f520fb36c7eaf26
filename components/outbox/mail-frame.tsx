/**
 * A mail's HTML as a mail program would show it: no scripts, no forms, nothing loaded from anywhere, no way out of the
 * frame. The policy comes first in the document, so that nothing of the mail is read before it holds.
 */
export function MailFrame({ html, title }: { html: string; title: string }) {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";
  const document =
    `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">` +
    `<meta name="color-scheme" content="light"><base target="_blank">${html}`;
  return (
    <iframe
      sandbox=""
      referrerPolicy="no-referrer"
      srcDoc={document}
      title={title}
      className="h-[60vh] w-full rounded-control border border-line bg-white"
    />
  );
}
