/** What is worth saying about an applier although it does not stop it, each with the place to mend it. */
import { refTitle } from "../flux/object-ref.ts";
import type { EngineWarningCode } from "../engine/protocol.ts";
import type { FileTree } from "../ports.ts";
import type { ClusterRender, RenderedNode } from "../render/cluster.ts";
import { inventoryOf } from "../render/inventory.ts";
import { locate } from "../render/locate.ts";
import { nodeRef } from "../render/node.ts";
import type { Built } from "../render/node.ts";
import type { ObjectRef, Place, Problem, ProblemCode } from "../records.ts";

export function observations(
  node: RenderedNode,
  render: ClusterRender,
  tree: FileTree,
  fallback: Place | undefined,
): readonly Problem[] {
  const { built } = node;
  if (built.outcome !== "built") return [];
  const about = aboutNode(node);
  return [
    ...warnings(built, about, fallback),
    ...droppedNamespaces(built, render, about, fallback),
    ...droppedFiles(built, tree, about),
  ];
}

/** Objects that two appliers of one cluster apply: each reconciliation takes them from the other. */
export function sharedObjects(
  render: ClusterRender,
  places: ReadonlyMap<string, Place | undefined>,
): readonly Problem[] {
  const owners = new Map<string, RenderedNode>();
  const problems: Problem[] = [];
  for (const node of render.nodes) {
    const { built } = node;
    if (built.outcome !== "built" || node.spec.suspend || node.spec.remoteCluster !== undefined)
      continue;
    for (const { id, ref, object } of inventoryOf(built.result, render.scopes)) {
      if (object.skipped !== undefined) continue;
      const owner = owners.get(id) ?? node;
      owners.set(id, owner);
      if (owner === node) continue;
      const message = `${refTitle(ref)} is applied by ${refTitle(nodeRef(owner))} and by ${refTitle(nodeRef(node))}; each takes it from the other. Keep it in one of them.`;
      problems.push(
        aboutNode(node)(
          "duplicate-owner",
          "warning",
          message,
          locate(built, ref) ?? places.get(node.id),
          ref,
        ),
      );
    }
  }
  return problems;
}

type About = (
  code: ProblemCode,
  severity: Problem["severity"],
  message: string,
  place: Place | undefined,
  object?: ObjectRef,
) => Problem;

function aboutNode(node: RenderedNode): About {
  return (code, severity, message, place, object) => ({
    code,
    severity,
    message,
    ...(place === undefined ? {} : { place }),
    applier: node.id,
    ...(object === undefined ? {} : { object }),
  });
}

function warnings(built: Built, about: About, fallback: Place | undefined): readonly Problem[] {
  const placeOf = (path: string | undefined): Place | undefined =>
    path === undefined || built.treeArtifact === undefined ? fallback : { path };
  const undecrypted = built.result.warnings.filter(({ code }) => code === "undecrypted");
  return [
    ...unknownVariables(built, about, fallback),
    ...undecrypted.map(({ message, path }) =>
      about("undecrypted", "information", message, placeOf(path)),
    ),
    ...spoken(built, about, fallback),
  ];
}

/** Warnings that are worth a problem of their own, by the code it has. */
const spokenCodes = [
  ["values-unknown", "values-unknown"],
  ["lookup-unanswered", "lookup-unanswered"],
  ["nondeterministic", "nondeterministic"],
  ["upstream", "upstream-warning"],
] as const satisfies readonly (readonly [EngineWarningCode, ProblemCode])[];

/** One problem of each kind: a template may look up a thousand objects. What failed is said by the failure. */
function spoken(built: Built, about: About, place: Place | undefined): readonly Problem[] {
  const { failure, warnings: all } = built.result;
  return spokenCodes.flatMap(([said, code]) => {
    const [first, ...others] = all.filter(
      (warning) => warning.code === said && warning.message !== failure?.message,
    );
    if (first === undefined) return [];
    const more = others.length === 0 ? "" : `; and ${others.length} more of this kind`;
    return [about(code, "information", `${first.message}${more}.`, place)];
  });
}

/** One problem for all variables: none of them can be mended here, they are only shown as placeholders. */
function unknownVariables(
  built: Built,
  about: About,
  place: Place | undefined,
): readonly Problem[] {
  const unknown = built.result.warnings.filter(({ code }) => code === "placeholder-variable");
  const [first] = unknown;
  if (first === undefined) return [];
  const names = unknown.map(({ message }) => /variable "(\w+)"/.exec(message)?.[1] ?? "");
  const others = names.length === 1 ? "" : ` The same holds for ${names.slice(1).join(", ")}.`;
  return [about("variable-unknown", "information", `${first.message}.${others}`, place)];
}

function droppedNamespaces(
  built: Built,
  render: ClusterRender,
  about: About,
  fallback: Place | undefined,
): readonly Problem[] {
  return inventoryOf(built.result, render.scopes)
    .filter((item) => item.namespaceDropped)
    .map(({ ref, object }) => {
      const place = locate(built, { ...ref, namespace: object.namespace }) ?? fallback;
      const message = `${ref.kind} ${ref.name} is cluster-scoped; the API server drops its namespace ${object.namespace}.`;
      return about("namespace-on-cluster-scoped", "information", message, place, ref);
    });
}

/** Files that the build looked for, that are in the tree, but that source-controller leaves out of the artifact. */
function droppedFiles(built: Built, tree: FileTree, about: About): readonly Problem[] {
  if (built.treeArtifact === undefined) return [];
  const prefix = `${built.treeArtifact}/`;
  return built.result.reads.absent.flatMap((full) => {
    const path = full.startsWith(prefix) ? full.slice(prefix.length) : "";
    const file = tree.files.get(path);
    if (file === undefined) return [];
    const message =
      file.kind === "symlink"
        ? `${path} is a symbolic link; Flux leaves links out of artifacts, so it is missing on the cluster. Copy the file instead.`
        : `${path} is excluded from the artifact by the source's ignore rules, so it is missing on the cluster.`;
    return [about("symlink-dropped", "warning", message, { path })];
  });
}
