/** Names of objects as Flux writes them in its messages and as `sluice build --only` takes them: `Kustomization/flux-system/apps`. */
import type { ObjectRef } from "#simulator";

import type { NodeTarget } from "./preview-node.ts";

export function referenceTo({ kind, namespace, name }: ObjectRef): string {
  return [kind, namespace, name].filter(Boolean).join("/");
}

/** Of the object that a node stands for; `undefined` for clusters, folders and findings. */
export function referenceOf(target: NodeTarget): string | undefined {
  switch (target.kind) {
    case "change":
      return referenceTo(target.change.ref);
    case "applier":
      return target.applier.slice(target.applier.lastIndexOf("|") + 1);
    case "folder":
    case "cluster":
    case "problem":
    case "risk":
      return undefined;
  }
}
