/** Objects that wait for each other in a circle, themselves included. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { removeItem } from "../manifest/edits.ts";
import type { Reference } from "../manifest/references.ts";
import { referencesOf } from "../manifest/references.ts";
import { lookup } from "../model/lookup.ts";
import { namespacesOf } from "../model/namespaces.ts";
import type { Written } from "../model/object-index.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Rule } from "./rule.ts";

export const dependsOnCycle: Rule = {
  meta: {
    code: "flux/depends-on-cycle",
    severity: "error",
    summary: "dependsOn leads back to the object itself.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: true,
  },
  *check({ document, file, model }) {
    if (!isFluxKind(document, flux.Kustomization) && !isFluxKind(document, flux.HelmRelease))
      return;
    const { kind, name, namespace } = document;
    const own = namespacesOf(model, file.path, document)?.[0] ?? namespace;
    const start: Node = { kind, name, namespace: own };
    for (const reference of waits(document)) {
      const way = wayBack(model, target(reference, start), start, new Set());
      if (!way) continue;
      const names = [start, ...way].map((node) => node.name).join(" → ");
      yield {
        span: reference.nameValue.span,
        message: `${kind} ${name} waits for itself: ${names}. None of them is ever reconciled. Remove one of the dependencies.`,
        related: way
          .flatMap(({ written }) => (written ? [written] : []))
          .map((one) => ({
            message: `${one.kind} ${one.name}`,
            at: one,
          })),
        fixes: [
          {
            title: `Do not depend on ${reference.name}`,
            edits: [removeItem(document, reference.value)],
          },
        ],
      };
    }
  },
};

interface Node {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly written?: Written;
}

function waits(document: Parameters<typeof referencesOf>[0]): readonly Reference[] {
  return referencesOf(document).filter(
    ({ field, kind }) => field.use === "wait" && kind === document.kind,
  );
}

function target({ name, namespace }: Reference, from: Node): Node {
  return { kind: from.kind, name, namespace: namespace ?? from.namespace };
}

/** The nodes from `at` to `goal`, both included. */
function wayBack(
  model: WorkspaceModel,
  at: Node,
  goal: Node,
  seen: Set<string>,
): readonly Node[] | undefined {
  if (at.name === goal.name && (at.namespace === goal.namespace || at.namespace === ""))
    return [at];
  const key = `${at.namespace}/${at.name}`;
  if (seen.has(key) || seen.size > 500) return undefined;
  seen.add(key);
  const found = lookup(model, { ...at, namespace: at.namespace === "" ? undefined : at.namespace });
  // Several of one name belong to several clusters; which of them is meant is not known here.
  if (found.outcome !== "found" || found.written.length !== 1) return undefined;
  const [written] = found.written;
  const document = model
    .manifest(written?.path ?? "")
    ?.parts.find(({ document: one }) => one.kind === at.kind && one.name === at.name)?.document;
  if (!document || !written) return undefined;
  for (const reference of waits(document)) {
    const way = wayBack(model, target(reference, at), goal, seen);
    if (way) return [{ ...at, written }, ...way];
  }
  return undefined;
}
