/**
 * Both sides of the plan of an artifact that is to be published: the repository with the artifact that its clusters have now, and with
 * the one that they will get. Sources that follow the tag are the artifact; everything else is the same on both sides.
 */
import { fluxKind } from "../flux/kinds.ts";
import { localKey } from "../flux/object-ref.ts";
import { discover } from "../graph/discover.ts";
import { scanTree } from "../graph/scan.ts";
import { isObject, objectAt, textAt } from "../manifest/json.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { FileTree } from "../ports.ts";
import type { Simulation, SimulationContext, SimulationOptions, Simulator } from "../simulator.ts";

export interface Publication {
  /** `oci://host/path`. */
  readonly url: string;
  readonly tag: string;
  /** Folder of the repository that is published; empty for all of it. */
  readonly path: string;
  readonly before: PublicationBase;
  readonly after: FileTree;
}

/** What clusters have that follow the tag. */
export type PublicationBase =
  | { readonly kind: "artifact"; readonly tree: FileTree }
  | { readonly kind: "nothing" }
  /** The artifact can't be had; so it is taken for what a revision of the whole repository would have given. */
  | { readonly kind: "revision"; readonly tree: FileTree };

export interface SimulatedPublication {
  readonly base: Simulation;
  readonly target: Simulation;
  /** Keys of the sources that take what is published: `OCIRepository/namespace/name`. */
  readonly followers: readonly string[];
}

/** `tree` is the repository as it is now. Rejects only with an `AbortError`. */
export async function simulatePublication(
  simulator: Simulator,
  tree: FileTree,
  options: SimulationOptions,
  publication: Publication,
  context: SimulationContext = {},
): Promise<SimulatedPublication> {
  const { after } = publication;
  const before = artifactBefore(publication);
  const place = standsAlone(publication, options) ? "" : publication.path;
  const newTree = replaced(tree, place, after);
  const isWhole = publication.before.kind === "revision" && place !== "";
  const oldTree = isWhole ? publication.before.tree : replaced(tree, place, before);
  const first = await simulator.simulate(newTree, options, context);
  const found = await followersIn(simulator, first, publication, context.signal);
  // A root's source that is the whole tree keeps the places of its manifests.
  const own = place === "" ? treeSources(newTree, options) : new Set<string>();
  const keys = found.filter((key) => !own.has(key) && !options.sources.has(key));
  const given = (artifact: FileTree): SimulationOptions => ({
    ...options,
    sources: new Map([...options.sources, ...keys.map((key) => [key, artifact] as const)]),
  });
  const base = await simulator.simulate(oldTree, given(before), context);
  const target = await simulator.simulate(newTree, given(after), { ...context, previous: base });
  return { base, target, followers: found };
}

function artifactBefore({ before, url, tag, path }: Publication): FileTree {
  switch (before.kind) {
    case "artifact":
      return before.tree;
    case "nothing":
      return { label: `${url}:${tag} (nothing yet)`, revision: "", files: new Map() };
    case "revision":
      return below(before.tree, path);
  }
}

/** A folder as a tree of its own, or the one file that `path` names. */
function below(tree: FileTree, path: string): FileTree {
  if (path === "") return tree;
  const alone = tree.files.get(path);
  const inside = [...tree.files].flatMap(([name, file]) =>
    name.startsWith(`${path}/`) ? [[name.slice(path.length + 1), file] as const] : [],
  );
  const name = path.slice(path.lastIndexOf("/") + 1);
  return { ...tree, files: new Map(alone === undefined ? inside : [[name, alone]]) };
}

/** Whether clusters start inside of a published folder, with paths that begin at it: then it is the repository for them. */
function standsAlone({ path, after }: Publication, options: SimulationOptions): boolean {
  return path !== "" && discover(after, { ...options, paths: [], roots: [] }).seeds.length > 0;
}

function treeSources(tree: FileTree, options: SimulationOptions): ReadonlySet<string> {
  return new Set(discover(tree, options).seeds.flatMap((seed) => [...seed.treeSources]));
}

/** The tree with the files of the artifact in the place of a folder; a file that is published alone is only the artifact's. */
function replaced(tree: FileTree, path: string, artifact: FileTree): FileTree {
  if (path === "") return artifact;
  if (tree.files.has(path)) return tree;
  const others = [...tree.files].filter(([name]) => !name.startsWith(`${path}/`));
  const own = [...artifact.files].map(([name, file]) => [`${path}/${name}`, file] as const);
  return {
    label: artifact.label,
    revision: artifact.revision,
    files: new Map([...others, ...own]),
  };
}

async function followersIn(
  simulator: Simulator,
  simulation: Simulation,
  publication: Publication,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const keys = new Set<string>();
  const look = (key: string, object: JsonObject): void => {
    if (key.startsWith(`${ociRepository}/`) && follows(object, publication)) keys.add(key);
  };
  for (const { headline, read } of scanTree(simulation.tree).sources)
    look(localKey(headline.kind, headline.namespace, headline.name), read() ?? {});
  for (const { sources } of discover(simulation.tree, simulation.options).seeds)
    for (const [key, object] of sources) look(key, object);
  const options = { secrets: "omit", origins: false } as const;
  for (const { ref, json } of await simulator.rendered(simulation, options, signal)) {
    if (ref.kind !== ociRepository) continue;
    const object: unknown = JSON.parse(json);
    if (isObject(object)) look(localKey(ref.kind, ref.namespace, ref.name), object);
  }
  return [...keys].toSorted();
}

const ociRepository = fluxKind("OCIRepository").kind;

/** A digest or a range wins over a tag, and neither of them nor a tag means `latest` (`ocirepository_controller.go`, `getArtifactRef`). */
function follows(object: JsonObject, { url, tag }: Publication): boolean {
  const ref = objectAt(object, "spec", "ref");
  const isOther = ["digest", "semver"].some((name) => (textAt(ref, name) ?? "") !== "");
  if (isOther || plain(textAt(object, "spec", "url") ?? "") !== plain(url)) return false;
  // The source of a FluxInstance is known by its `sync`, whose ref is a name.
  return (textAt(ref, "tag") || textAt(ref, "name") || "latest") === tag;
}

function plain(url: string): string {
  return url.replace(/\/+$/, "").replace(/^oci:\/\/(?:index\.)?docker\.io\//, "oci://docker.io/");
}
