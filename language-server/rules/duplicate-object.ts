/** One object that is written twice in one build, or applied by two Kustomizations. */
import { fluxKindOf } from "#simulator";

import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { namespacesOf } from "../model/namespaces.ts";
import type { Written } from "../model/object-index.ts";
import { isTemplated } from "../model/object-index.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

export const duplicateObject: Rule = {
  meta: {
    code: "flux/duplicate-object",
    severity: "warning",
    summary: "An object is written twice for one build, or applied by two Kustomizations.",
    roles: ["manifest", "encrypted"],
    needs: "simulation",
    fixable: false,
  },
  *check(context) {
    const { document, model } = context;
    const { kind, name } = document;
    if (name === "" || isTemplated(name)) return;
    const others = model.index
      .named(kind, name)
      .filter((one) => one.group === document.group && !isSame(context, one));
    for (const other of others) {
      const finding = inOneBuild(context, other);
      if (finding) {
        yield finding;
        return;
      }
    }
    const owners = ownersOf(model, context.file.path, document);
    if (owners.length < 2) return;
    yield {
      span: nameSpan(context),
      message: `${kind} ${name} is applied by ${owners.join(" and ")}: they overwrite each other, and pruning by one deletes it for the other. Let one of them apply it.`,
    };
  },
};

function nameSpan({ root }: RuleContext) {
  return root.at("metadata", "name")?.span ?? root.span;
}

function isSame({ file, part }: RuleContext, other: Written): boolean {
  return other.path === file.path && file.parts[other.ordinal] === part;
}

/** Both are listed for the same Kustomization, in the same way, and get the same namespace. */
function inOneBuild(context: RuleContext, other: Written): Finding | undefined {
  const { model, file, document } = context;
  const own = model.graph
    .reachesOf(file.path)
    .filter(({ role, owner }) => role === "resource" && owner);
  const theirs = model.graph
    .reachesOf(other.path)
    .filter(({ role, owner }) => role === "resource" && owner);
  const shared = own.find((reach) => theirs.some((one) => one.owner === reach.owner));
  if (!shared || isSeparate(model, file.path, other.path)) return undefined;
  const [mine, its] = [
    namespacesOf(model, file.path, document),
    namespacesOf(model, other.path, other),
  ];
  const equal =
    mine && its ? mine.some((one) => its.includes(one)) : document.namespace === other.namespace;
  if (!equal) return undefined;
  const where = other.path === file.path ? "in this file" : `in ${other.path}`;
  return {
    span: nameSpan(context),
    severity: "error",
    message: `${document.kind} ${document.name} is written twice for Kustomization ${shared.owner?.name ?? ""}, also ${where}: the build fails. Remove or rename one.`,
    related: [{ message: `${other.kind} ${other.name}`, at: other }],
  };
}

/** A build that the simulation got through has no duplicate. */
function isSeparate({ truth }: WorkspaceModel, ...paths: readonly string[]): boolean {
  if (!truth) return false;
  return paths.some((path) => truth.isRenderedFrom(path));
}

/** Kustomizations of one cluster that render this object from this file. */
function ownersOf(
  { truth }: WorkspaceModel,
  path: string,
  document: ManifestDocument,
): readonly string[] {
  if (!truth || fluxKindOf(document)) return [];
  const { kind, name } = document;
  if (truth.problemsAbout("duplicate-owner", kind, name).length === 0) return [];
  const byCluster = new Map<string, Set<string>>();
  for (const { cluster, owner } of truth.rendersOf(path, kind, name))
    byCluster.set(cluster, (byCluster.get(cluster) ?? new Set()).add(owner));
  return [...([...byCluster.values()].find(({ size }) => size > 1) ?? [])];
}
