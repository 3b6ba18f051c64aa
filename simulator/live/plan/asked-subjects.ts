/** Asks a cluster about everything that the appliers of a simulation would send, and notes what the answers mean. */
import { objectId } from "../../flux/object-ref.ts";
import { nodeRef } from "../../render/node.ts";
import type { RenderedNode, ClusterRender } from "../../render/cluster.ts";
import { inventoryOf } from "../../render/inventory.ts";
import type { InventoryItem } from "../../render/inventory.ts";
import { listAt } from "../../manifest/json.ts";
import { appliedItems } from "../../plan/rendered.ts";
import type { Arrivals, LiveAnswer, LiveQuestion } from "../question.ts";
import type { Asker } from "./asker.ts";
import { ignoredPaths } from "./ignore-rules.ts";
import { enter } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import { inventoryOfLive, stateOf } from "./live-appliers.ts";
import type { Leaver } from "./removals.ts";
import type { Subject } from "./subject.ts";
import { verdictOf } from "./verdict.ts";
import type { VerdictContext } from "./verdict.ts";
import { questionOf } from "./wish.ts";
import type { Wish } from "./wish.ts";

/** Several batches of questions at once; each goes where its applier applies. */
export async function askAll(
  batches: readonly { readonly asker: Asker; readonly questions: readonly LiveQuestion[] }[],
  arrivals: (asker: Asker) => Arrivals,
): Promise<ReadonlyMap<string, LiveAnswer>> {
  const byAsker = new Map<Asker, LiveQuestion[]>();
  for (const { asker, questions } of batches)
    byAsker.set(asker, [...(byAsker.get(asker) ?? []), ...questions]);
  const answers = await Promise.all(
    [...byAsker].map(([asker, questions]) => asker.ask(questions, arrivals(asker))),
  );
  return new Map(answers.flatMap((some) => [...some]));
}

const nowhere: ReadonlySet<string> = new Set();

/** What the applier sends after the push; of a HelmRelease, what is no part of its release. */
export function sentItems(
  { node, record }: Subject,
  cluster: ClusterRender,
): readonly InventoryItem[] {
  const items = appliedItems(node, cluster, record, nowhere);
  return node.spec.kind === "HelmRelease"
    ? items.filter(({ object }) => object.helm?.part === "chart")
    : items;
}

/** What is part of its release. */
export function releaseItems(
  { node, record }: Subject,
  cluster: ClusterRender,
): readonly InventoryItem[] {
  if (node.spec.kind !== "HelmRelease") return [];
  return appliedItems(node, cluster, record, nowhere).filter(
    ({ object }) => object.helm !== undefined && object.helm.part !== "chart",
  );
}

export function wishesOf(subject: Subject, cluster: ClusterRender): readonly Wish[] {
  const state = stateOf(subject.live);
  return sentItems(subject, cluster).map((item) => {
    const question = questionOf(item, subject, state);
    // What source-watcher makes is its own content, which nobody can compare.
    const isOnlyRead = subject.node.spec.kind === "ArtifactGenerator";
    return { item, question: isOnlyRead ? { ...question, ask: "get" } : question };
  });
}

export function enterAnswers(
  { node, object }: Subject,
  wishes: readonly Wish[],
  answers: ReadonlyMap<string, LiveAnswer>,
  ledger: Ledger,
): void {
  const rules = node.spec.kind === "Kustomization" ? listAt(object, "spec", "ignore") : [];
  const context: VerdictContext = {
    applier: node.id,
    kind: node.spec.kind,
    ignored: (applied) => (rules.length === 0 ? [] : ignoredPaths(rules, applied)),
  };
  for (const wish of wishes) {
    const answer = answers.get(wish.question.id);
    enter(ledger, wish, verdictOf(wish, answer, context), answer);
  }
}

/** The objects that an applier has on the cluster and does not render any more. */
export function leftRefs(
  { node, live }: Subject,
  { scopes }: ClusterRender,
): ReturnType<typeof inventoryOfLive> {
  if (live === undefined || node.built.outcome !== "built") return [];
  const now = new Set(inventoryOf(node.built.result, scopes).flatMap(possibleIds));
  return inventoryOfLive(live).filter((ref) => !now.has(objectId(ref)));
}

/**
 * Ids that an object may have on the cluster: a kind that only the cluster knows may have no namespace there, although kustomize gave the
 * object one.
 */
export function possibleIds({ ref, object }: InventoryItem): readonly string[] {
  const id = objectId(ref);
  const isKnown = object.scope !== undefined || ref.namespace === "";
  return isKnown ? [id] : [id, objectId({ ...ref, namespace: "" })];
}

export function leaverOf(subject: Subject): Leaver | undefined {
  const { node, spec, live } = subject;
  return live === undefined
    ? undefined
    : {
        id: node.id,
        ref: nodeRef(node),
        live,
        kept: spec.prune ? undefined : "prune is off",
      };
}

/** What arrives with the push, so that objects of it are new and not refused. */
export function arrivalsOf(nodes: readonly RenderedNode[]): Arrivals {
  const kinds = new Set<string>();
  const namespaces = new Set<string>();
  for (const { built } of nodes) {
    if (built.outcome !== "built") continue;
    for (const { kind, name, json, skipped } of built.result.objects) {
      if (skipped !== undefined && skipped !== "ssa-ifnotpresent") continue;
      if (kind === "Namespace") namespaces.add(name);
      if (kind === "CustomResourceDefinition") kinds.add(definedKind(json));
    }
  }
  return { kinds, namespaces };
}

function definedKind(json: string): string {
  const { spec } = JSON.parse(json) as {
    readonly spec?: { readonly group?: string; readonly names?: { readonly kind?: string } };
  };
  return `${spec?.group ?? ""}/${spec?.names?.kind ?? ""}`;
}
