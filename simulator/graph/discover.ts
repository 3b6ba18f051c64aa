/**
 * Finds where clusters start: `--root` files, `--path` folders, gotk-sync.yaml, FluxInstances, flux-instance chart values;
 * and, after the first render, Kustomizations that nothing reached.
 */
import { groupBy } from "../flux/group-by.ts";
import { cleanPath, readKustomization } from "../flux/kustomization.ts";
import type { KustomizationSpec } from "../flux/kustomization.ts";
import { fluxKindOf, isFluxKind } from "../flux/kinds.ts";
import { localKey } from "../flux/object-ref.ts";
import { objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import { parseManifest } from "../manifest/parse.ts";
import type { FileTree } from "../ports.ts";
import type { Problem } from "../records.ts";
import { indexOf } from "../render/tree-index.ts";
import type { SimulationOptions } from "../simulator.ts";
import { scanTree } from "./scan.ts";
import type { FoundDocument, TreeScan } from "./scan.ts";
import { isForeign, makeSeed, syncSeed, syncSource, syntheticRoot } from "./seeds.ts";
import type { Seed, SeedKustomization } from "./seeds.ts";

export interface Discovery {
  readonly seeds: readonly Seed[];
  readonly problems: readonly Problem[];
  /** What `unreached` looks through; empty when the roots were given. */
  readonly scan: TreeScan | undefined;
}

export function discover(tree: FileTree, options: SimulationOptions): Discovery {
  if (options.roots.length > 0) return fromRootFiles(options);
  const scan = scanTree(tree);
  if (options.paths.length > 0) return fromPaths(tree, options, scan);
  const sources = sourcesOf(scan);
  const found = [
    ...scan.kustomizations.filter(isBootstrap).flatMap(fromDocument),
    ...scan.instances.flatMap(fromInstance),
    ...scan.syncs.flatMap(({ file, line, instance }) =>
      fromSync(instance, "flux-system", { path: file, line }),
    ),
  ];
  const byPath = new Map<string, SeedKustomization>();
  for (const root of found) {
    const key = `${readKustomization(root.object).path}|${textAt(root.object, "metadata", "name") ?? ""}`;
    if (!byPath.has(key)) byPath.set(key, root);
  }
  const named = nameClusters([...byPath.values()]);
  const instanceSources = syncSources(scan);
  const seeds = named.map(([cluster, root]) =>
    makeSeed(
      cluster,
      [root],
      new Map([...sources, ...instanceSources, ...nearbySources(scan, root)]),
      options.remoteUrls,
    ),
  );
  return { seeds: seeds.toSorted((a, b) => compare(a.cluster, b.cluster)), problems: [], scan };
}

/** What the first render reached: the files it read, and its Kustomizations. */
export interface Reached {
  readonly files: ReadonlySet<string>;
  readonly kustomizations: readonly Pick<KustomizationSpec, "namespace" | "name" | "path">[];
}

/**
 * Kustomizations in files that no render read. Left out are those below a reached path (somebody took them out of their
 * parent on purpose) and second copies of reached ones (a root that is also kept for applying by hand).
 */
export function unreached(
  tree: FileTree,
  scan: TreeScan,
  reached: Reached,
  options: SimulationOptions,
): readonly Seed[] {
  const known = new Set(
    reached.kustomizations.map(({ namespace, name, path }) => `${namespace}/${name}|${path}`),
  );
  const orphans = scan.kustomizations.filter(
    ({ file, headline, path }) =>
      !isHidden(file) &&
      !reached.files.has(file) &&
      !reached.kustomizations.some((one) => isBelow(file, one.path)) &&
      !known.has(`${headline.namespace}/${headline.name}|${path() ?? ""}`),
  );
  const sources = sourcesOf(scan);
  const hasFolder = (path: string): boolean => indexOf(tree).has(path);
  const own = orphans.filter((orphan) => {
    const object = orphan.read();
    return object !== undefined && !isForeign(object, sources, options.remoteUrls, hasFolder);
  });
  const roots = own.filter(
    (orphan) =>
      !own.some(
        (other) => other.file !== orphan.file && isBelow(orphan.file, other.path() ?? "\n"),
      ),
  );
  const chosen = roots.length > 0 ? roots : orphans;
  const byFolder = groupBy(chosen, ({ file }) => folderOf(file));
  const groups = collide([...byFolder.values()]) ? [...byFolder.values()] : [chosen];
  return groups.flatMap((group) => {
    const kustomizations = group.flatMap(fromDocument);
    const first = group[0];
    if (first === undefined || kustomizations.length === 0) return [];
    const seed = makeSeed(
      folderOf(first.file) || "repository",
      kustomizations,
      sources,
      options.remoteUrls,
    );
    return [roots.length > 0 ? seed : { ...seed, treeSources: new Set<string>() }];
  });
}

function fromRootFiles(options: SimulationOptions): Discovery {
  const problems: Problem[] = [];
  const kustomizations: SeedKustomization[] = [];
  const sources = new Map<string, JsonObject>();
  for (const file of options.roots) {
    const parsed = parseManifest(file.text, file.name);
    problems.push(...parsed.problems);
    for (const { object, line } of parsed.objects) {
      const head = {
        apiVersion: textAt(object, "apiVersion") ?? "",
        kind: textAt(object, "kind") ?? "",
      };
      const key = localKey(
        head.kind,
        textAt(object, "metadata", "namespace") ?? "",
        textAt(object, "metadata", "name") ?? "",
      );
      if (isFluxKind(head, "Kustomization"))
        kustomizations.push({ object, place: { path: file.name, line }, patches: [] });
      else if (fluxKindOf(head)?.role === "source") sources.set(key, object);
    }
  }
  if (kustomizations.length === 0) {
    const message =
      "The root files hold no Kustomization; give a file with the Kustomization to start from.";
    problems.push({
      code: "invalid-root",
      severity: "error",
      message,
      place: { path: options.roots[0]?.name ?? "" },
    });
    return { seeds: [], problems, scan: undefined };
  }
  const name = readKustomization(kustomizations[0]?.object ?? {}).path || "root";
  return {
    seeds: [makeSeed(name, kustomizations, sources, options.remoteUrls)],
    problems,
    scan: undefined,
  };
}

function fromPaths(tree: FileTree, options: SimulationOptions, scan: TreeScan): Discovery {
  const problems: Problem[] = [];
  const seeds = options.paths.flatMap((given) => {
    const path = cleanPath(given);
    if (path !== "" && ![...tree.files.keys()].some((file) => file.startsWith(`${path}/`))) {
      const message = `There is no folder ${given} in the ${tree.label}. Give a folder of the repository where a cluster starts.`;
      problems.push({ code: "path-not-found", severity: "error", message, place: { path } });
      return [];
    }
    const own = scan.kustomizations.find(
      (document) => isBelow(document.file, path) && document.path() === path,
    );
    const root = own === undefined ? undefined : fromDocument(own)[0];
    const synced = [
      ...scan.instances.flatMap(fromInstance),
      ...scan.syncs.flatMap(({ file, line, instance }) =>
        fromSync(instance, "flux-system", { path: file, line }),
      ),
    ].find((seed) => readKustomization(seed.object).path === path);
    const kustomization = root ?? synced ?? { object: syntheticRoot(path), patches: [] };
    const sources = new Map([...syncSources(scan), ...nearbySources(scan, kustomization)]);
    return [makeSeed(path || "repository", [kustomization], sources, options.remoteUrls)];
  });
  return { seeds, problems, scan: undefined };
}

/** A Kustomization in a file below its own path: it applies itself, as `gotk-sync.yaml` of `flux bootstrap` does. */
function isBootstrap(document: FoundDocument): boolean {
  return (
    /(^|\/)gotk-sync\.yaml$/.test(document.file) && isBelow(document.file, document.path() ?? "\n")
  );
}

function fromDocument(document: FoundDocument): readonly SeedKustomization[] {
  const object = document.read();
  return object === undefined
    ? []
    : [{ object, place: { path: document.file, line: document.headline.line }, patches: [] }];
}

function fromInstance(document: FoundDocument): readonly SeedKustomization[] {
  const place = { path: document.file, line: document.headline.line };
  return fromSync(
    objectAt(document.read(), "spec"),
    document.headline.namespace || "flux-system",
    place,
  );
}

function fromSync(
  instance: JsonObject,
  namespace: string,
  place: { path: string; line: number },
): readonly SeedKustomization[] {
  const seed = syncSeed(instance, namespace, place);
  return seed === undefined ? [] : [seed];
}

function syncSources(scan: TreeScan): ReadonlyMap<string, JsonObject> {
  return new Map([
    ...scan.syncs.map(({ instance }) => syncSource(instance, "flux-system")),
    ...scan.instances.map((document) =>
      syncSource(objectAt(document.read(), "spec"), document.headline.namespace || "flux-system"),
    ),
  ]);
}

function sourcesOf(scan: TreeScan): ReadonlyMap<string, JsonObject> {
  const sources = new Map<string, JsonObject>();
  for (const { headline, read } of scan.sources) {
    const object = sources.has(localKey(headline.kind, headline.namespace, headline.name))
      ? undefined
      : read();
    if (object !== undefined)
      sources.set(localKey(headline.kind, headline.namespace, headline.name), object);
  }
  return sources;
}

/** Sources in the root's own file (`gotk-sync.yaml` holds both). */
function nearbySources(scan: TreeScan, root: SeedKustomization): ReadonlyMap<string, JsonObject> {
  const own = scan.sources.filter(({ file }) => file === root.place?.path);
  return sourcesOf({ ...scan, sources: own });
}

/** Clusters are called by the path of their root; two roots at one path by path and name. */
function nameClusters(
  roots: readonly SeedKustomization[],
): readonly (readonly [string, SeedKustomization])[] {
  const taken = new Set<string>();
  return roots.map((root) => {
    const { path, name, namespace } = readKustomization(root.object);
    const plain = path || "repository";
    const cluster = taken.has(plain) ? `${plain} (${namespace}/${name})` : plain;
    taken.add(cluster);
    return [cluster, root] as const;
  });
}

function collide(groups: readonly (readonly FoundDocument[])[]): boolean {
  const seen = new Set<string>();
  for (const { headline } of groups.flat()) {
    const key = `${headline.namespace}/${headline.name}`;
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

/** A folder whose name starts with a dot is an archive or a tool's, not a cluster. */
function isHidden(file: string): boolean {
  return /(^|\/)\.[^/]+\//.test(file);
}

function isBelow(file: string, folder: string): boolean {
  return folder === "" || file.startsWith(`${folder}/`);
}

function folderOf(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "" : file.slice(0, slash);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
