import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Salesforce outbound messages: unsigned SOAP, recognised by the organization id, acknowledged in SOAP. */
export const provider = defineProvider({
  id: "salesforce-outbound-message",
  name: "Salesforce outbound message",
  category: "crm",
  confidence: { signing: "likely", delivery: "verified" },
  schemes: [
    {
      kind: "custom",
      id: "salesforce",
      label: "Organization id",
      verifier: "salesforce",
    },
    {
      kind: "token",
      id: "query",
      label: "Secret in the URL (?secret=…) and organization id",
      place: { query: "secret" },
      alsoProves: "salesforce-organization",
    },
  ],
  optionFields: [
    {
      id: "organizationId",
      label: "Organization id",
      help: "Messages of another organization are refused.",
      kind: "text",
      required: false,
    },
  ],
  eventType: [{ from: "text", pattern: /<sObject\b[^>]*\bxsi:type="(?:\w+:)?(\w{1,80})"/ }],
  dedupe: {
    // A message of several notifications may come again with others beside them: it is never taken for a repeat.
    sources: [
      {
        from: "text",
        pattern:
          /^(?![\s\S]*<Notification>[\s\S]*<Notification>)[\s\S]*<Notification>\s*<Id>([A-Za-z0-9]{15,18})<\/Id>/,
      },
    ],
    fallback: null,
  },
  reply: {
    status: 200,
    headers: [["content-type", "text/xml; charset=utf-8"]],
    body:
      '<?xml version="1.0" encoding="UTF-8"?>' +
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
      '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack>' +
      "</notificationsResponse></soapenv:Body></soapenv:Envelope>",
    why: "Salesforce sends again until it reads this acknowledgement.",
  },
  recognition: [
    { text: /soap\.sforce\.com\/2005\/09\/outbound/, weight: 6 },
    { header: "soapaction", weight: 1 },
  ],
  help: {
    pasteUrl: "Setup → Outbound Messages → New → Endpoint URL.",
    secretWhere:
      "You choose it: append ?secret=… to the URL. Your organization id is shown under Setup → Company Information.",
    secretLooksLike: "Any text you made up; the organization id has 18 characters, beginning 00D.",
    pitfalls: [
      "Up to 100 notifications come in one message and are acknowledged together.",
      "Untick “Send Session ID”: it is a credential.",
      "Salesforce does not sign: without a secret in the URL its address is all that protects the endpoint.",
    ],
    docsUrl:
      "https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/" +
      "sforce_api_om_outboundmessaging_notifications.htm",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "200 with an acknowledgement in SOAP, which Hookline sends.",
    retries: "With pauses growing to 2 hours, for 24 hours.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: {
    ranges: [],
    url: "https://help.salesforce.com/s/articleView?id=000384438&type=1",
    note: "Salesforce publishes its ranges.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "text/xml; charset=utf-8"],
      ["SOAPAction", '""'],
    ],
    body:
      '<?xml version="1.0" encoding="UTF-8"?>' +
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ' +
      'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
      '<soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">' +
      "<OrganizationId>00D300000000TTTEAA</OrganizationId><ActionId>04k300000000abcAAA</ActionId><Notification>" +
      '<Id>04l300000000xyzAAA</Id><sObject xsi:type="sf:Lead" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">' +
      "<sf:Id>00Q300000000defAAA</sf:Id><sf:Email>ada@example.com</sf:Email></sObject></Notification>" +
      "</notifications></soapenv:Body></soapenv:Envelope>",
    eventType: "Lead",
  },
});
