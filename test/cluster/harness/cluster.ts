/**
 * A whole cluster for tests: etcd, kube-apiserver and the real Flux controllers on loopback, with a Git server and a server
 * of charts and artifacts beside them. It reads no kubeconfig of the user and leaves nothing behind.
 */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePorts } from "../../support/free-ports.ts";
import { startArtifactServer } from "./artifact-server.ts";
import type { ArtifactServer } from "./artifact-server.ts";
import { apiServer, auditLog, etcd } from "./control-plane.ts";
import { controller, portsOf } from "./controllers.ts";
import type { ControllerName } from "./controllers.ts";
import { startGitRepositories } from "./git-repositories.ts";
import type { GitRepositories } from "./git-repositories.ts";
import { keepWorkloadsHealthy } from "./healthy-workloads.ts";
import type { HealthyWorkloads } from "./healthy-workloads.ts";
import { condition, openApi } from "./kube-api.ts";
import type { KubeApi, KubeObject } from "./kube-api.ts";
import { crdsOf } from "./parts.ts";
import { makePki, writeDevKubeconfig, writeKubeconfig } from "./pki.ts";
import type { Pki } from "./pki.ts";
import { manage, startWatchdog, until } from "./process.ts";
import type { ManagedProcess, Watchdog } from "./process.ts";

export interface ClusterOptions {
  /** Which controllers run; none gives an API server that knows the CRDs in `crds` and nobody who acts on them. */
  readonly controllers: readonly ControllerName[];
  /** Controllers whose CRDs are there although they do not run. */
  readonly crds?: readonly ControllerName[];
  /** More CustomResourceDefinitions, as YAML texts. */
  readonly moreCrds?: readonly string[];
  /** Record what kustomize-controller and helm-controller write. */
  readonly audit?: boolean;
  /** Report workloads as healthy; on unless it is false. A function names those that stay broken. */
  readonly healthy?: boolean | { readonly isBroken: (object: KubeObject) => boolean };
  readonly featureGates?: Readonly<
    Partial<Record<ControllerName, Readonly<Record<string, boolean>>>>
  >;
  /** More flags, by program. */
  readonly flags?: Readonly<Partial<Record<ControllerName | "kube-apiserver", readonly string[]>>>;
}

export interface Cluster {
  /** With all rights. */
  readonly api: KubeApi;
  /** As user `dev` of group `devs`, who has only the rights that a test gives. */
  readonly devApi: KubeApi;
  /** `https://127.0.0.1:<port>`. */
  readonly server: string;
  /** Paths of kubeconfigs: `admin@test`, and the restricted `dev@test` with a token. */
  readonly kubeconfig: string;
  readonly devKubeconfig: string;
  readonly pki: Pki;
  readonly git: GitRepositories;
  readonly artifacts: ArtifactServer;
  /** Temporary, 0700; a test may put files of its own there. */
  readonly folder: string;
  /** Path of the audit log, when one is written. */
  readonly auditLog: string;
  process(name: ControllerName | "etcd" | "kube-apiserver"): ManagedProcess;
  /** Ends every program at once and removes the folder. */
  stop(): Promise<void>;
}

interface World {
  readonly options: ClusterOptions;
  readonly folder: string;
  readonly pki: Pki;
  readonly server: string;
  readonly port: number;
  readonly api: KubeApi;
  readonly watchdog: Watchdog;
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sluice-cluster-")));
  chmodSync(folder, 0o700);
  const watchdog = startWatchdog(folder);
  const processes = new Map<string, ManagedProcess>();
  const [port = 0] = await freePorts(1);
  const server = `https://127.0.0.1:${port}`;
  const pki = makePki(made(folder, "pki"));
  const api = openApi(server, { ca: pki.ca, ...pki.admin });
  const devApi = openApi(server, { ca: pki.ca, token: pki.tokens.dev });
  const git = await startGitRepositories(made(folder, "git"));
  const artifacts = await startArtifactServer();
  let healthy: HealthyWorkloads | undefined;
  const stop = async (): Promise<void> => {
    await healthy?.stop();
    // The API server before etcd: without etcd it hangs.
    await Promise.all([...processes.values()].reverse().map((one) => one.kill()));
    api.close();
    devApi.close();
    await Promise.all([git.close(), artifacts.close()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    watchdog.release();
  };
  try {
    const world: World = { options, folder, pki, server, port, api, watchdog };
    await startPrograms(world, processes);
    if (options.healthy !== false) {
      const isBroken = typeof options.healthy === "object" ? options.healthy.isBroken : undefined;
      healthy = keepWorkloadsHealthy(api, isBroken);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    api,
    devApi,
    server,
    kubeconfig: writeKubeconfig(pki, "admin", server),
    devKubeconfig: writeDevKubeconfig(pki, server),
    pki,
    git,
    artifacts,
    folder,
    auditLog: join(folder, "control-plane", auditLog),
    process(name) {
      const found = processes.get(name);
      if (found === undefined) throw new Error(`${name} is not part of this cluster`);
      return found;
    },
    stop,
  };
}

async function startPrograms(world: World, processes: Map<string, ManagedProcess>): Promise<void> {
  const { options, folder, pki, port, api, watchdog } = world;
  const plane = made(folder, "control-plane");
  const start = async (one: ManagedProcess): Promise<void> => {
    processes.set(one.name, one);
    await one.start();
  };
  await start(manage(etcd(plane), plane, watchdog));
  const flags = options.flags?.["kube-apiserver"] ?? [];
  const audit = options.audit ?? false;
  const serverOptions = { port, pki: pki.folder, folder: plane, audit, flags };
  await start(manage(apiServer(serverOptions, api), plane, watchdog));
  await addCrds(world);
  await api.apply(namespace("flux-system"));
  await Promise.all(
    options.controllers.map(async (name) =>
      start(manage(await program(world, name), folder, watchdog)),
    ),
  );
}

async function program(
  { options, folder, pki, server }: World,
  name: ControllerName,
): Promise<Parameters<typeof manage>[0]> {
  return controller({
    name,
    kubeconfig: writeKubeconfig(pki, name, server),
    folder: made(folder, name),
    ports: await freePorts(portsOf(name)),
    featureGates: {
      ...(name === "kustomize-controller" || name === "helm-controller"
        ? { ExternalArtifact: true }
        : {}),
      ...options.featureGates?.[name],
    },
    flags: options.flags?.[name] ?? [],
  });
}

/** Controllers end at once when their kinds are unknown, so these must be served before they start. */
async function addCrds({ options, api }: World): Promise<void> {
  const owners = new Set([...options.controllers, ...(options.crds ?? [])]);
  const texts = [...[...owners].flatMap((name) => crdsOf(name)), ...(options.moreCrds ?? [])];
  for (const text of texts) await api.apply(text);
  const isServed = (crd: KubeObject): boolean => condition(crd, "Established")?.status === "True";
  await until(
    async () =>
      (await api.list("apiextensions.k8s.io/v1", "CustomResourceDefinition")).every(isServed),
    600_000,
    "CustomResourceDefinitions are served",
  );
}

function namespace(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

function made(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}
