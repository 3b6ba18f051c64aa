/**
 * What a push makes of one Helm release: three states of each object are known (as stored, as rendered, as it lives), so that what the push
 * changes and what somebody else changed are told apart.
 */
import { objectId } from "../../flux/object-ref.ts";
import { objectAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { ObjectRef } from "../../records.ts";
import type { Built } from "../../render/node.ts";
import type { InventoryItem } from "../../render/inventory.ts";
import type { StoredRelease } from "../facts.ts";
import type { LiveAnswer, LiveQuestion } from "../question.ts";
import { possibleIds } from "./asked-subjects.ts";
import { comparable } from "./comparable.ts";
import { enter } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import { stateOf } from "./live-appliers.ts";
import { isServerSide } from "./release-state.ts";
import type { ReleaseAction } from "./release-state.ts";
import { storedObjects } from "./stored-manifest.ts";
import type { IsNamespaced, StoredObject } from "./stored-manifest.ts";
import type { Subject } from "./subject.ts";
import { mergePatch, threeWay } from "./three-way.ts";
import { about, verdictOf } from "./verdict.ts";
import type { Drift, LiveChange, Verdict, VerdictContext } from "./verdict.ts";
import { questionOf } from "./wish.ts";
import type { Wish } from "./wish.ts";

export interface ReleaseWork {
  readonly subject: Subject;
  readonly built: Built;
  readonly action: Exclude<ReleaseAction, { readonly kind: "none" }>;
  readonly stored: StoredRelease | undefined;
  /** What is applied, the HelmChart left out. */
  readonly items: readonly InventoryItem[];
  readonly isNamespaced: IsNamespaced;
}

interface Asked {
  readonly wish: Wish;
  readonly stored: StoredObject | undefined;
  /** The question about the stored form, when that is another one. */
  readonly drift: LiveQuestion | undefined;
}

export interface PreparedRelease {
  readonly questions: readonly LiveQuestion[];
  /** Enters what the answers mean, and gives the refs that the release no longer holds. */
  settle(answers: ReadonlyMap<string, LiveAnswer>, ledger: Ledger): readonly ObjectRef[];
}

export function prepareRelease(work: ReleaseWork): PreparedRelease {
  const { stored, action } = work;
  const items = work.items.filter((item) => isOfAction(item, action));
  const objects =
    stored === undefined || action.kind === "install"
      ? new Map<string, StoredObject>()
      : storedObjects(stored, work.isNamespaced);
  const asked = items.map((item) => askAbout(item, objects.get(objectId(item.ref)), work));
  return {
    questions: asked.flatMap(({ wish, drift }) =>
      drift === undefined ? [wish.question] : [wish.question, drift],
    ),
    settle(answers, ledger) {
      for (const one of asked) settleOne(one, answers, { work, ledger });
      const rendered = new Set(items.flatMap(possibleIds));
      return [...objects].flatMap(([id, { ref }]) => (rendered.has(id) ? [] : [ref]));
    },
  };
}

/** The render may be of another action than the one that is taken: its hooks do not run. */
function isOfAction({ object: { helm } }: InventoryItem, { kind }: ReleaseWork["action"]): boolean {
  const name = kind === "upgrade" ? "upgrade" : "install";
  const events = [`pre-${name}`, `post-${name}`, "test", "test-success"];
  return helm?.hook === undefined || helm.hook.events.some((event) => events.includes(event));
}

function askAbout(
  item: InventoryItem,
  stored: StoredObject | undefined,
  { subject, action, stored: release }: ReleaseWork,
): Asked {
  const state = stateOf(subject.live);
  const question = questionOf(item, subject, state);
  const method = isServerSide(
    subject,
    action.kind === "upgrade" ? "upgrade" : "install",
    release?.applyMethod,
  );
  const isOnlyRead =
    action.kind === "replace" ||
    (action.kind === "upgrade" && !method) ||
    isOnlyCreated(item, subject, action);
  const wish: Wish = { item, question: { ...question, ask: isOnlyRead ? "get" : "dry-run" } };
  const hasDrift =
    !isOnlyRead &&
    stored !== undefined &&
    stored.json !== question.json &&
    item.object.helm?.part === "template";
  return {
    wish,
    stored,
    drift: hasDrift
      ? { ...question, id: `${question.id}|stored`, object: stored.object, json: stored.json }
      : undefined,
  };
}

/**
 * Hooks are deleted before they are created, the namespace of a release and the definitions in `crds/` are left alone when they are
 * there, the latter unless the policy is CreateReplace (`fluxcd/helm-controller internal/action/crds.go`).
 */
function isOnlyCreated(
  { object: { helm } }: InventoryItem,
  { object }: Subject,
  action: ReleaseWork["action"],
): boolean {
  const spec = objectAt(object, "spec", action.kind === "upgrade" ? "upgrade" : "install");
  switch (helm?.part) {
    case "hook":
    case "namespace":
      return true;
    case "crd":
      return spec["crds"] !== "CreateReplace";
    case "template":
    case "chart":
    case undefined:
      return false;
  }
}

interface Settling {
  readonly work: ReleaseWork;
  readonly ledger: Ledger;
}

function settleOne(
  { wish, stored, drift }: Asked,
  answers: ReadonlyMap<string, LiveAnswer>,
  { work, ledger }: Settling,
): void {
  const answer = answers.get(wish.question.id);
  const context = verdictContext(work.subject);
  const verdict = releaseVerdict(wish, answer, stored, work);
  if (verdict.outcome !== "change") return enter(ledger, wish, verdict, answer);
  const said = drift === undefined ? undefined : answers.get(drift.id);
  const drifted = stored === undefined ? undefined : driftOf({ wish, stored }, answer, said);
  const { change } = verdict;
  const { helm } = wish.item.object;
  enter(
    ledger,
    wish,
    {
      outcome: "change",
      change: {
        ...change,
        ...about(wish, context),
        ...(drifted === undefined || change.kind !== "changed" ? {} : { drift: drifted }),
        ...(helm?.hook === undefined ? {} : { hook: helm.hook.events }),
      },
    },
    answer,
  );
}

function verdictContext({ node }: Subject): VerdictContext {
  return { applier: node.id, kind: node.spec.kind, ignored: () => [] };
}

function releaseVerdict(
  wish: Wish,
  answer: LiveAnswer | undefined,
  stored: StoredObject | undefined,
  { subject, action }: ReleaseWork,
): Verdict {
  const context = verdictContext(subject);
  const { helm, scope } = wish.item.object;
  if (wish.question.ask === "dry-run" || answer?.outcome !== "compared")
    return verdictOf(wish, answer, context);
  const { live } = answer;
  const part = helm?.part ?? "template";
  if (part === "crd" || part === "namespace") return { outcome: "unchanged" };
  if (part === "hook")
    return helm?.hook?.deletePolicies.includes("before-hook-creation") === true
      ? recreated(wish, live, context)
      : { outcome: "unchanged" };
  if (action.kind === "replace" && stored !== undefined) return recreated(wish, live, context);
  const merge = scope === undefined ? mergePatch : threeWay;
  const applied = merge(stored?.object ?? {}, wish.question.object, live);
  const question: LiveQuestion = { ...wish.question, ask: "dry-run" };
  return verdictOf({ ...wish, question }, { ...answer, known: "structural", applied }, context);
}

function recreated(wish: Wish, live: JsonObject, context: VerdictContext): Verdict {
  const change: LiveChange = {
    ...about(wish, context),
    kind: "recreated",
    base: comparable(live),
    target: comparable(wish.question.object),
    known: "structural",
    isBare: true,
  };
  return { outcome: "change", change };
}

/** What is stored against what lives, where the cluster said so. */
function driftOf(
  { wish, stored }: { readonly wish: Wish; readonly stored: StoredObject },
  answer: LiveAnswer | undefined,
  said: LiveAnswer | undefined,
): Drift | undefined {
  if (wish.question.ask === "get") {
    if (answer?.outcome !== "compared") return undefined;
    const { live } = answer;
    const isCustom = wish.item.object.scope === undefined;
    return isCustom ? undefined : driftFrom(live, threeWay(stored.object, stored.object, live));
  }
  // The same text was asked about once.
  const compared = stored.json === wish.question.json ? answer : said;
  return compared?.outcome === "compared" ? driftFrom(compared.live, compared.applied) : undefined;
}

function driftFrom(live: JsonObject, stored: JsonObject): Drift | undefined {
  return live === stored ? undefined : { live: comparable(live), stored: comparable(stored) };
}
