/**
 * A real OCI registry on loopback (`github.com/distribution/distribution`), with content pushed to it as clients do.
 * `scripts/build-test-servers.mjs` builds the program; `token-server.ts` is the other half of its token authentication.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { testCertificate, testKey } from "../tls.ts";
import { startTokenServer, type TokenServer } from "./token-server.ts";

const program = fileURLToPath(new URL("../../../.cache/test-servers/registry", import.meta.url));

/** Who may read and write when the registry wants to know. */
export const registryUser = { username: "tester", password: "correct horse" } as const;
/** `correct horse`, as htpasswd writes it. */
const passwordFile = "tester:$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2\n";

export interface RegistryOptions {
  readonly auth?: "token" | "basic";
  readonly tls?: boolean;
}

export interface Layer {
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface PushedImage {
  readonly layers: readonly Layer[];
  readonly config?: Layer;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  /** The manifest that this one refers to. */
  readonly subject?: Pushed;
}

export interface Pushed {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface TestRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly url: string;
  readonly tokens: TokenServer | undefined;
  push(repository: string, reference: string, image: PushedImage): Promise<Pushed>;
  /** Any manifest, for example an index. */
  pushManifest(
    repository: string,
    reference: string,
    mediaType: string,
    manifest: unknown,
  ): Promise<Pushed>;
  close(): Promise<void>;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
export const fluxLayer = "application/vnd.cncf.flux.content.v1.tar+gzip";
const emptyConfig: Layer = {
  bytes: new TextEncoder().encode("{}"),
  mediaType: "application/vnd.cncf.flux.config.v1+json",
};

export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  if (!existsSync(program))
    throw new Error("Build the servers of the tests first: node scripts/build-test-servers.mjs");
  const folder = mkdtempSync(join(tmpdir(), "sluice-registry-"));
  const tokens = options.auth === "token" ? await startTokenServer(registryUser) : undefined;
  writeFileSync(join(folder, "config.yml"), configuration(folder, options, tokens));
  const child = spawn(program, ["serve", join(folder, "config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { OTEL_TRACES_EXPORTER: "none" },
  });
  // Also when the tests end without having closed it.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const lines = createInterface({ input: child.stderr });
  const seen: string[] = [];
  const host = await new Promise<string>((resolve, reject) => {
    lines.on("line", (line) => {
      seen.push(line);
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once("exit", () => reject(new Error(`The registry ended:\n${seen.join("\n")}`)));
  });
  const url = `${options.tls === true ? "https" : "http"}://${host}`;
  const send = createSender(url, options, tokens);
  return {
    host,
    url,
    tokens,
    push: (repository, reference, image) => pushImage(send, repository, reference, image),
    pushManifest: (repository, reference, mediaType, manifest) =>
      pushManifest(send, repository, { reference, mediaType, manifest }),
    async close() {
      process.off("exit", kill);
      child.removeAllListeners("exit");
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        kill();
        await ended;
      }
      await tokens?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(
  folder: string,
  { auth, tls }: RegistryOptions,
  tokens: TokenServer | undefined,
): string {
  writeFileSync(join(folder, "certificate.pem"), testCertificate);
  writeFileSync(join(folder, "key.pem"), testKey, { mode: 0o600 });
  writeFileSync(join(folder, "htpasswd"), passwordFile);
  const http = {
    addr: "127.0.0.1:0",
    secret: "only for tests",
    ...(tls === true
      ? { tls: { certificate: join(folder, "certificate.pem"), key: join(folder, "key.pem") } }
      : {}),
  };
  const authentication = {
    none: {},
    basic: { auth: { htpasswd: { realm: "tests", path: join(folder, "htpasswd") } } },
    token: {
      auth: {
        token: {
          realm: tokens?.realm,
          service: "registry",
          issuer: "tests",
          rootcertbundle: join(folder, "certificate.pem"),
        },
      },
    },
  }[auth ?? "none"];
  // JSON is YAML.
  return JSON.stringify({
    version: 0.1,
    log: { level: "info" },
    storage: { inmemory: {} },
    http,
    ...authentication,
  });
}

interface Sent {
  readonly method: "POST" | "PUT" | "GET";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}
type Sender = (repository: string, request: Sent) => Promise<Response>;

function createSender(
  url: string,
  { auth, tls }: RegistryOptions,
  tokens: TokenServer | undefined,
): Sender {
  const { username, password } = registryUser;
  return async (repository, { method, path, headers, body }) => {
    const authorization = {
      none: undefined,
      basic: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
      token: `Bearer ${tokens?.tokenFor(repository, ["pull", "push"]) ?? ""}`,
    }[auth ?? "none"];
    const all = { ...headers, ...(authorization === undefined ? {} : { authorization }) };
    if (tls === true)
      throw new Error("Push to a registry without TLS; this one is read by tests only.");
    const response = await fetch(new URL(path, url), {
      method,
      headers: all,
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
    if (response.status >= 300)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
}

async function pushImage(
  send: Sender,
  repository: string,
  reference: string,
  { layers, config = emptyConfig, annotations, artifactType, subject }: PushedImage,
): Promise<Pushed> {
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    ...(artifactType === undefined ? {} : { artifactType }),
    config: await pushBlob(send, repository, config),
    layers: await Promise.all(layers.map((layer) => pushBlob(send, repository, layer))),
    ...(annotations === undefined ? {} : { annotations }),
    ...(subject === undefined ? {} : { subject }),
  };
  return pushManifest(send, repository, { reference, mediaType: manifestType, manifest });
}

async function pushBlob(
  send: Sender,
  repository: string,
  { bytes, mediaType = fluxLayer, annotations }: Layer,
): Promise<Pushed> {
  const digest = digestOf(bytes);
  const start = await send(repository, {
    method: "POST",
    path: `/v2/${repository}/blobs/uploads/`,
  });
  const location = new URL(start.headers.get("location") ?? "", start.url);
  location.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  await send(repository, { method: "PUT", path: location.href, headers, body: bytes });
  const described = annotations === undefined ? {} : { annotations };
  return { mediaType, digest, size: bytes.byteLength, ...described };
}

/** An empty `reference` stands for the manifest's own digest. */
async function pushManifest(
  send: Sender,
  repository: string,
  {
    reference,
    mediaType,
    manifest,
  }: { readonly reference: string; readonly mediaType: string; readonly manifest: unknown },
): Promise<Pushed> {
  const body = new TextEncoder().encode(JSON.stringify(manifest));
  const digest = digestOf(body);
  const path = `/v2/${repository}/manifests/${reference === "" ? digest : reference}`;
  await send(repository, { method: "PUT", path, headers: { "content-type": mediaType }, body });
  return { mediaType, digest, size: body.byteLength };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
