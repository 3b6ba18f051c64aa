/**
 * The programs a test cluster is made of: from which Go module in `parts/` each is built, and where its binary lies.
 * Binaries are kept for the user, not for the clone, in a folder named after everything that goes into them.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export type PartName =
  | "etcd"
  | "kube-apiserver"
  | "kustomize-controller"
  | "helm-controller"
  | "source-controller"
  | "flux"
  | "flux-operator"
  | "notification-controller"
  | "kube-controller-manager";

export interface Part {
  readonly name: PartName;
  /** Folder below `parts/` with its `go.mod` and `go.sum`. */
  readonly module: string;
  readonly package: string;
  /** `-X` settings of the linker. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Module whose `config/crd/bases` belongs to it. */
  readonly crds?: string;
  /** `go:embed` wants a file that upstream makes at release; the module is built in a copy that has one. */
  readonly emptyEmbed?: { readonly module: string; readonly file: string };
  /** Seconds of processor time from empty caches, for the progress line. */
  readonly cost: number;
  /** Built only when asked for by name. */
  readonly optional?: true;
}

const kubernetesVersion = {
  "k8s.io/component-base/version.gitVersion": "v1.36.4",
  "k8s.io/component-base/version.gitMajor": "1",
  "k8s.io/component-base/version.gitMinor": "36",
};

/** In the order of need: the first two are a cluster for clients, the next three make it a Flux cluster. */
export const parts: readonly Part[] = [
  { name: "etcd", module: "etcd", package: "go.etcd.io/etcd/server/v3", cost: 40 },
  {
    name: "kube-apiserver",
    module: "kube-apiserver",
    package: ".",
    settings: kubernetesVersion,
    cost: 320,
  },
  {
    name: "kustomize-controller",
    module: "flux-controllers",
    package: "github.com/fluxcd/kustomize-controller",
    crds: "github.com/fluxcd/kustomize-controller",
    cost: 220,
  },
  {
    name: "helm-controller",
    module: "flux-controllers",
    package: "github.com/fluxcd/helm-controller",
    crds: "github.com/fluxcd/helm-controller",
    cost: 30,
  },
  {
    name: "source-controller",
    module: "source-controller",
    package: "github.com/fluxcd/source-controller",
    crds: "github.com/fluxcd/source-controller",
    cost: 170,
  },
  {
    name: "flux",
    module: "flux-cli",
    package: "github.com/fluxcd/flux2/v2/cmd/flux",
    settings: { "main.VERSION": "2.9.5" },
    emptyEmbed: { module: "github.com/fluxcd/flux2/v2", file: "cmd/flux/manifests/none.yaml" },
    cost: 90,
  },
  {
    // Run as a program of its own in tests; nothing of it is in what Sluice ships.
    name: "flux-operator",
    module: "flux-operator",
    package: "github.com/controlplaneio-fluxcd/flux-operator/cmd/operator",
    crds: "github.com/controlplaneio-fluxcd/flux-operator",
    emptyEmbed: {
      module: "github.com/controlplaneio-fluxcd/flux-operator",
      file: "web/dist/none.txt",
    },
    cost: 180,
  },
  {
    name: "notification-controller",
    module: "notification-controller",
    package: "github.com/fluxcd/notification-controller",
    crds: "github.com/fluxcd/notification-controller",
    cost: 190,
    optional: true,
  },
  {
    name: "kube-controller-manager",
    module: "kube-controller-manager",
    package: ".",
    settings: kubernetesVersion,
    cost: 80,
    optional: true,
  },
];

/** What the modules pin, for recordings and for tests that compare with a version. */
export const versions = {
  kubernetes: "v1.36.4",
  "source-controller": "v1.9.5",
  "kustomize-controller": "v1.9.5",
  "helm-controller": "v1.6.4",
} as const;

export function part(name: PartName): Part {
  const found = parts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no part ${name}`);
  return found;
}

export function moduleFolder(one: Part): string {
  return fileURLToPath(new URL(`../parts/${one.module}`, import.meta.url));
}

/** Where binaries are kept: `$SLUICE_TEST_CLUSTER_CACHE`, or a folder in the user's cache. */
export function cacheFolder(): string {
  return (
    process.env["SLUICE_TEST_CLUSTER_CACHE"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sluice", "test-cluster")
  );
}

/** The folder of one part's binary, named after the digest of its inputs and of Go itself. */
export function outputFolder(one: Part): string {
  const hash = createHash("sha256").update(`${goVersion()} ${process.platform} ${process.arch}\0`);
  hash.update(JSON.stringify([one.package, one.settings, one.crds]));
  const folder = moduleFolder(one);
  for (const file of filesBelow(folder).sort())
    hash.update(`${relative(folder, file).split(sep).join("/")}\0`).update(readFileSync(file));
  return join(cacheFolder(), `${one.name}-${hash.digest("hex").slice(0, 16)}`);
}

/** Path of a built program. Throws when it is not there: a test needs it built first. */
export function binary(name: PartName): string {
  const path = join(outputFolder(part(name)), name);
  if (!existsSync(path))
    throw new Error(
      `${name} is not built yet: run "npm run build:test-cluster${part(name).optional ? ` -- ${name}` : ""}" first.`,
    );
  return path;
}

/** Texts of the CustomResourceDefinitions that come with a built controller. */
export function crdsOf(name: PartName): readonly string[] {
  const folder = join(outputFolder(part(name)), "crds");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8"));
}

let knownGoVersion: string | undefined;

function goVersion(): string {
  knownGoVersion ??= execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).trim();
  return knownGoVersion;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
