/** The rules over hand-made changes, for pairs of "is a risk" and "is no risk" that need no render. */
import { parse } from "yaml";

import type { JsonObject } from "#simulator";
import type { Change, ObjectRef } from "#simulator";
import { findRisks } from "../../../../simulator/plan/risks/index.ts";
import type { ChangedObject, RiskContext } from "../../../../simulator/plan/risks/rule.ts";
import { line } from "./check-risks.ts";

const applier = "cluster|Kustomization/flux-system/apps";

/** Both sides as YAML; an absent one makes the object created or deleted. */
export interface Pair {
  readonly before?: string;
  readonly after?: string;
}

function sideOf(text: string | undefined): ChangedObject["base"] {
  if (text === undefined) return undefined;
  const exact = parse(text) as JsonObject;
  return { exact, shown: exact };
}

function changed({ before, after }: Pair): ChangedObject {
  const base = sideOf(before);
  const target = sideOf(after);
  const object = (target ?? base)?.exact as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
  };
  const { name, namespace = "" } = object.metadata;
  const ref: ObjectRef = { apiVersion: object.apiVersion, kind: object.kind, namespace, name };
  const kind = kindOf(base, target);
  const change: Change = { kind, id: `${applier}|${ref.kind}/${name}`, ref, applier, fields: [] };
  return { change, ...(base && { base }), ...(target && { target }), isPruned: false };
}

function kindOf(base: unknown, target: unknown): Change["kind"] {
  if (base === undefined) return "created";
  return target === undefined ? "deleted" : "changed";
}

/** A line for each risk of these changes. */
export function risksOf(pairs: readonly Pair[], kubeVersion?: string): readonly string[] {
  const context: RiskContext = {
    objects: pairs.map(changed),
    appliers: [],
    base: undefined,
    target: undefined,
    node: () => undefined,
    problems: [],
    tree: { label: "working tree", revision: "", files: new Map() },
    kubeVersion,
  };
  return findRisks(context).map(line);
}
