-- Partitions of event_payload and step_data are made at start and hourly (lib/db/partitions.ts), never here.

CREATE TABLE "instance_setting" (
  "key" text NOT NULL,
  "value" text NOT NULL,
  "updated_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "instance_setting_pkey" PRIMARY KEY ("key")
);

CREATE TABLE "worker_pool" (
  "id" text NOT NULL,
  "host" text NOT NULL,
  "pid" integer NOT NULL,
  "started_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "beat_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "dead_at" timestamptz(3),
  CONSTRAINT "worker_pool_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "worker_pool_beat_at_idx" ON "worker_pool" ("beat_at");

CREATE TABLE "user_account" (
  "id" uuid NOT NULL,
  "email" text NOT NULL,
  "name" text NOT NULL DEFAULT '',
  "password_hash" text,
  "session_version" integer NOT NULL DEFAULT 1,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_seen_at" timestamptz(3),
  CONSTRAINT "user_account_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "user_account_email_key" ON "user_account" ("email");

CREATE TABLE "oauth_account" (
  "provider" text NOT NULL,
  "provider_account_id" text NOT NULL,
  "user_id" uuid NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "oauth_account_pkey" PRIMARY KEY ("provider", "provider_account_id")
);
CREATE INDEX "oauth_account_user_id_idx" ON "oauth_account" ("user_id");

CREATE TABLE "workspace" (
  "id" uuid NOT NULL,
  "name" text NOT NULL,
  "settings" text NOT NULL DEFAULT '{}',
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "deleted_at" timestamptz(3),
  CONSTRAINT "workspace_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "member" (
  "workspace_id" uuid NOT NULL,
  "user_id" uuid NOT NULL,
  "role" text NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "member_pkey" PRIMARY KEY ("workspace_id", "user_id")
);
CREATE INDEX "member_user_id_idx" ON "member" ("user_id");

CREATE TABLE "api_key" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "name" text NOT NULL,
  "prefix" text NOT NULL,
  "hash" bytea NOT NULL,
  "role" text NOT NULL,
  "created_by" uuid,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_used_at" timestamptz(3),
  "revoked_at" timestamptz(3),
  CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key" ("hash");
CREATE INDEX "api_key_workspace_id_idx" ON "api_key" ("workspace_id");

CREATE TABLE "audit_entry" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "actor_kind" text NOT NULL,
  "actor_id" text,
  "action" text NOT NULL,
  "target_kind" text NOT NULL,
  "target_id" text NOT NULL,
  "detail" text NOT NULL DEFAULT '{}',
  "at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_entry_workspace_id_at_idx" ON "audit_entry" ("workspace_id", "at" DESC);

CREATE TABLE "egress_permission" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "address" text NOT NULL,
  "port" integer NOT NULL,
  "note" text NOT NULL DEFAULT '',
  "created_by" uuid,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "revoked_at" timestamptz(3),
  CONSTRAINT "egress_permission_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "egress_permission_workspace_id_idx" ON "egress_permission" ("workspace_id");

CREATE TABLE "endpoint" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "token" text NOT NULL,
  "name" text NOT NULL,
  "provider" text NOT NULL DEFAULT 'none',
  "settings" text NOT NULL DEFAULT '{}',
  "revision" integer NOT NULL DEFAULT 1,
  "paused_at" timestamptz(3),
  "deleted_at" timestamptz(3),
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "endpoint_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "endpoint_token_key" ON "endpoint" ("token");
CREATE INDEX "endpoint_workspace_id_created_at_idx" ON "endpoint" ("workspace_id", "created_at");

CREATE TABLE "endpoint_secret" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "endpoint_id" uuid NOT NULL,
  "label" text NOT NULL DEFAULT '',
  "sealed" bytea NOT NULL,
  "ends_in" text NOT NULL,
  "verified_count" bigint NOT NULL DEFAULT 0,
  "last_verified_at" timestamptz(3),
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "retired_at" timestamptz(3),
  CONSTRAINT "endpoint_secret_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "endpoint_secret_endpoint_id_idx" ON "endpoint_secret" ("endpoint_id");

CREATE TABLE "event" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "endpoint_id" uuid NOT NULL,
  "dedupe_key" text NOT NULL,
  "delivery_id" text,
  "event_type" text,
  "verdict" text NOT NULL,
  "verification" text NOT NULL,
  "method" text NOT NULL,
  "content_type" text,
  "body_bytes" integer NOT NULL,
  "body_sha256" bytea NOT NULL,
  "client_ip" text,
  "duplicate_count" integer NOT NULL DEFAULT 0,
  "received_at" timestamptz(3) NOT NULL,
  "answer_ms" integer,
  CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "event_endpoint_id_dedupe_key_key" ON "event" ("endpoint_id", "dedupe_key");
CREATE INDEX "event_endpoint_id_id_idx" ON "event" ("endpoint_id", "id" DESC);
CREATE INDEX "event_workspace_id_id_idx" ON "event" ("workspace_id", "id" DESC);

CREATE TABLE "event_payload" (
  "event_id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "path" text NOT NULL,
  "query" text NOT NULL,
  "headers" text NOT NULL,
  "checks" text NOT NULL DEFAULT '[]',
  "rechecks" text NOT NULL DEFAULT '[]',
  "body" bytea NOT NULL,
  CONSTRAINT "event_payload_pkey" PRIMARY KEY ("event_id")
) PARTITION BY RANGE ("event_id");

CREATE TABLE "request" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "endpoint_id" uuid NOT NULL,
  "verdict" text NOT NULL,
  "verification" text NOT NULL,
  "reason" text,
  "message" text NOT NULL DEFAULT '',
  "status" integer NOT NULL,
  "event_id" uuid,
  "event_type" text,
  "method" text NOT NULL,
  "path" text NOT NULL,
  "query" text NOT NULL,
  "content_type" text,
  "headers" text NOT NULL,
  "checks" text NOT NULL DEFAULT '[]',
  "rechecks" text NOT NULL DEFAULT '[]',
  "body" bytea NOT NULL,
  "body_bytes" integer NOT NULL,
  "body_sha256" bytea,
  "client_ip" text,
  "received_at" timestamptz(3) NOT NULL,
  "answer_ms" integer,
  CONSTRAINT "request_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "request_endpoint_id_id_idx" ON "request" ("endpoint_id", "id" DESC);

CREATE TABLE "refusal_count" (
  "endpoint_id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "reason" text NOT NULL,
  "hour" timestamptz(3) NOT NULL,
  "count" bigint NOT NULL DEFAULT 0,
  CONSTRAINT "refusal_count_pkey" PRIMARY KEY ("endpoint_id", "reason", "hour")
);

CREATE TABLE "flow" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "name" text NOT NULL,
  "draft" text NOT NULL,
  "draft_revision" integer NOT NULL DEFAULT 1,
  "draft_by" uuid,
  "draft_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "live_version_id" uuid,
  "on" boolean NOT NULL DEFAULT false,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "deleted_at" timestamptz(3),
  CONSTRAINT "flow_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "flow_workspace_id_created_at_idx" ON "flow" ("workspace_id", "created_at");

CREATE TABLE "flow_version" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "flow_id" uuid NOT NULL,
  "number" integer NOT NULL,
  "definition" text NOT NULL,
  "hash" text NOT NULL,
  "note" text NOT NULL DEFAULT '',
  "published_by" uuid,
  "published_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "flow_version_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "flow_version_flow_id_number_key" ON "flow_version" ("flow_id", "number");

CREATE TABLE "flow_trigger" (
  "endpoint_id" uuid NOT NULL,
  "flow_id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "event_types" text[],
  CONSTRAINT "flow_trigger_pkey" PRIMARY KEY ("endpoint_id", "flow_id")
);
CREATE INDEX "flow_trigger_flow_id_idx" ON "flow_trigger" ("flow_id");

CREATE TABLE "run" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "flow_id" uuid NOT NULL,
  "version_id" uuid NOT NULL,
  "event_id" uuid NOT NULL,
  "kind" text NOT NULL DEFAULT 'event',
  "status" text NOT NULL DEFAULT 'queued',
  "name" text,
  "event_type" text,
  "endpoint_id" uuid,
  "replay_of" uuid,
  "origin_run_id" uuid NOT NULL,
  "lease_token" uuid,
  "lease_pool" text,
  "claims" integer NOT NULL DEFAULT 0,
  "wake_at" timestamptz(3),
  "error_code" text,
  "error_message" text,
  "failed_step" text,
  "effect_counts" text NOT NULL DEFAULT '{}',
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "started_at" timestamptz(3),
  "finished_at" timestamptz(3),
  CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "run_workspace_id_id_idx" ON "run" ("workspace_id", "id" DESC);
CREATE INDEX "run_flow_id_id_idx" ON "run" ("flow_id", "id" DESC);
CREATE INDEX "run_event_id_idx" ON "run" ("event_id");

CREATE TABLE "step_run" (
  "run_id" uuid NOT NULL,
  "path" text NOT NULL,
  "workspace_id" uuid NOT NULL,
  "step_id" text NOT NULL,
  "seq" integer NOT NULL,
  "kind" text NOT NULL,
  "action" text,
  "status" text NOT NULL,
  "idempotency_key" text,
  "attempts" integer NOT NULL DEFAULT 0,
  "input_data_id" uuid,
  "effect_data_id" uuid,
  "output_data_id" uuid,
  "error_code" text,
  "error_message" text,
  "next_attempt_at" timestamptz(3),
  "started_at" timestamptz(3),
  "finished_at" timestamptz(3),
  CONSTRAINT "step_run_pkey" PRIMARY KEY ("run_id", "path")
);

CREATE TABLE "attempt" (
  "run_id" uuid NOT NULL,
  "path" text NOT NULL,
  "number" integer NOT NULL,
  "workspace_id" uuid NOT NULL,
  "outcome" text NOT NULL,
  "answer_data_id" uuid,
  "error_code" text,
  "error_message" text,
  "retry_at" timestamptz(3),
  "started_at" timestamptz(3) NOT NULL,
  "finished_at" timestamptz(3),
  CONSTRAINT "attempt_pkey" PRIMARY KEY ("run_id", "path", "number")
);

CREATE TABLE "step_data" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "run_id" uuid NOT NULL,
  "kind" text NOT NULL,
  "data" text NOT NULL,
  CONSTRAINT "step_data_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");
CREATE INDEX "step_data_run_id_idx" ON "step_data" ("run_id");

CREATE TABLE "connection" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "name" text NOT NULL,
  "kind" text NOT NULL,
  "config" text NOT NULL DEFAULT '{}',
  "sealed" bytea,
  "secret_hints" text NOT NULL DEFAULT '{}',
  "version" integer NOT NULL DEFAULT 1,
  "last_test_at" timestamptz(3),
  "last_test_result" text,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "deleted_at" timestamptz(3),
  CONSTRAINT "connection_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "connection_workspace_id_created_at_idx" ON "connection" ("workspace_id", "created_at");

CREATE TABLE "outbox_mail" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "run_id" uuid,
  "path" text,
  "message_id" text NOT NULL,
  "sender" text NOT NULL,
  "recipients" text NOT NULL,
  "subject" text NOT NULL,
  "raw" bytea NOT NULL,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "sent_at" timestamptz(3),
  "sent_through" uuid,
  CONSTRAINT "outbox_mail_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "outbox_mail_workspace_id_message_id_key" ON "outbox_mail" ("workspace_id", "message_id");
CREATE INDEX "outbox_mail_workspace_id_created_at_idx" ON "outbox_mail" ("workspace_id", "created_at" DESC);

CREATE TABLE "sample" (
  "id" uuid NOT NULL,
  "workspace_id" uuid NOT NULL,
  "endpoint_id" uuid,
  "event_id" uuid,
  "name" text NOT NULL,
  "headers" text NOT NULL,
  "query" text NOT NULL DEFAULT '',
  "method" text NOT NULL DEFAULT 'POST',
  "event_type" text,
  "body" bytea NOT NULL,
  "created_by" uuid,
  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "sample_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "sample_workspace_id_created_at_idx" ON "sample" ("workspace_id", "created_at");

ALTER TABLE "oauth_account" ADD CONSTRAINT "oauth_account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "member" ADD CONSTRAINT "member_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "member" ADD CONSTRAINT "member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user_account" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "endpoint_secret" ADD CONSTRAINT "endpoint_secret_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "endpoint" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "flow_version" ADD CONSTRAINT "flow_version_flow_id_fkey" FOREIGN KEY ("flow_id") REFERENCES "flow" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Partial indexes, which the schema language cannot say.
CREATE INDEX "run_open_idx" ON "run" ("status", "id") WHERE "status" IN ('queued', 'running', 'waiting', 'retrying');
CREATE INDEX "run_lease_pool_idx" ON "run" ("lease_pool") WHERE "lease_token" IS NOT NULL;
CREATE INDEX "run_workspace_status_idx" ON "run" ("workspace_id", "status", "id" DESC);
CREATE INDEX "run_created_idx" ON "run" ("workspace_id", "created_at");

-- Rows that are updated often keep room on their page for the new version.
ALTER TABLE "run" SET (fillfactor = 80);
ALTER TABLE "step_run" SET (fillfactor = 80);
ALTER TABLE "worker_pool" SET (fillfactor = 50);
