-- oldest code: 0011
-- The network a request came from (24 bits of an IPv4 address, 48 of an IPv6 one): when an endpoint's requests without an
-- event are thinned out, each network keeps its share. Rows from before count as from one network.
ALTER TABLE "request" ADD COLUMN "client_net" text;
