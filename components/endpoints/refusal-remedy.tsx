"use client";
import { useRouter } from "next/navigation";
import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useAction } from "#components/ui/use-action.ts";
import { WithCode } from "#components/ui/with-code.tsx";
import type { EndpointView, RequestDetail } from "#lib/views/endpoint-views.ts";

/** Why a request was refused, where something can be done about it, with the button that does it. */
export function RefusalRemedy({
  endpoint,
  detail,
  actions,
}: {
  endpoint: EndpointView;
  detail: RequestDetail;
  actions: EndpointActions;
}) {
  const { doctor, reason, clientIp } = detail;
  if (doctor !== null)
    return (
      <Notice
        tone="warn"
        title={doctor.title}
        actions={
          doctor.about === "address" ? (
            <ButtonLink size="compact" href={`/endpoints/${endpoint.id}?tab=setup`}>
              Change public address
            </ButtonLink>
          ) : null
        }
      >
        <WithCode text={doctor.message} /> The request stays refused.
      </Notice>
    );
  if (reason !== "address-not-allowed" || clientIp === null || !endpoint.mayEdit) return null;
  return <AddressRefused key={detail.id} endpoint={endpoint} address={clientIp} update={actions.update} />;
}

type AddressRefusedProps = { endpoint: EndpointView; address: string; update: EndpointActions["update"] };

function AddressRefused({ endpoint, address, update }: AddressRefusedProps) {
  const router = useRouter();
  const { pending, run } = useAction("toast");
  const listed = endpoint.settings.allowedAddresses;
  const add = async () => {
    const settings = { allowedAddresses: [...listed, address] };
    const result = await run(() => update(endpoint.id, { settings, revision: endpoint.revision }));
    if (result.kind === "refused") return;
    showToast(`${address} is on the list`, { description: "It may send from now on. This request stays refused." });
    router.refresh();
  };
  if (listed.includes(address))
    return <Notice title={`${address} is on the list now`}>This request came before that and stays refused.</Notice>;
  return (
    <Notice
      tone="warn"
      title={`${address} is not on the list`}
      actions={
        <>
          <ButtonLink size="compact" variant="quiet" href={`/endpoints/${endpoint.id}?tab=settings`}>
            Edit list
          </ButtonLink>
          <Button size="compact" pending={pending} onClick={() => void add()}>
            Add {address}
          </Button>
        </>
      }
    >
      Only the addresses of the list may send here. Add it if you know who it is.
    </Notice>
  );
}
