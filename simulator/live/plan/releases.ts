/** The Helm releases of a cluster: which of them helm-controller would act on, and what that does to their objects. */
import { refTitle } from "../../flux/object-ref.ts";
import { nodeRef } from "../../render/node.ts";
import type { Built } from "../../render/node.ts";
import type { ChartChange, ObjectRef } from "../../records.ts";
import { textAt } from "../../manifest/json.ts";
import type { LiveAnswer, LiveQuestion } from "../question.ts";
import type { StoredRelease } from "../facts.ts";
import { askAll, releaseItems } from "./asked-subjects.ts";
import type { Asker } from "./asker.ts";
import type { Ledger } from "./ledger.ts";
import { prepareRelease } from "./release-changes.ts";
import { prepareDrift } from "./release-drift.ts";
import { driftMode, lastSnapshot, releaseAction } from "./release-state.ts";
import type { ReleaseAction } from "./release-state.ts";
import { removalsOf } from "./removals.ts";
import type { Leaver } from "./removals.ts";
import { chartOfRelease, scopeReader, storedRelease } from "./stored-refs.ts";
import { isActive } from "./subject.ts";
import type { Subject } from "./subject.ts";
import { secretsOf } from "./secrets.ts";
import type { Ground } from "./survey.ts";

export interface ReleaseSurvey {
  readonly action: ReleaseAction;
  readonly chart?: ChartChange;
  readonly stored?: StoredRelease;
}

export interface ReleasesSurvey {
  readonly surveys: ReadonlyMap<string, ReleaseSurvey>;
  readonly gone: readonly Leaver[];
  readonly secrets: readonly string[];
}

interface Prepared {
  readonly subject: Subject;
  readonly asker: Asker;
  readonly ledger: Ledger;
  readonly survey: ReleaseSurvey;
  readonly questions: readonly LiveQuestion[];
  /** Gives what the release lets go of. */
  readonly settle: (answers: ReadonlyMap<string, LiveAnswer>) => readonly ObjectRef[];
}

/** `changedData`: `Kind/namespace/name` of ConfigMaps and Secrets that the push changes: values may come from them. */
export async function surveyReleases(
  ground: Ground,
  changedData: ReadonlySet<string>,
): Promise<ReleasesSurvey> {
  const prepared = (
    await Promise.all(
      [...ground.subjects.values()].map((subject) => prepare(subject, ground, changedData)),
    )
  ).filter((one) => one !== undefined);
  const answers = await askAll(prepared, ground.arrivals);
  const gone = await Promise.all(prepared.map((one) => settle(one, answers, ground)));
  return {
    surveys: new Map(prepared.map(({ subject, survey }) => [subject.node.id, survey])),
    gone: gone.flat(),
    secrets: [...answers.values()].flatMap(secretsOf),
  };
}

async function prepare(
  subject: Subject,
  { cluster, askers, ledgers }: Ground,
  changedData: ReadonlySet<string>,
): Promise<Prepared | undefined> {
  const { node, record, object } = subject;
  const { built } = node;
  const asker = askers.get(node.id);
  const ledger = ledgers.get(node.id);
  if (node.spec.kind !== "HelmRelease" || built.outcome !== "built" || record.state !== "ready")
    return undefined;
  if (!isActive(subject) || asker === undefined || ledger === undefined) return undefined;
  if (subject.isUnread) ledger.unread++;
  const action = releaseAction(subject, built, changedData);
  const mode = driftMode(object);
  const isNamespaced = scopeReader(cluster);
  const common = { subject, asker, ledger };
  if (action.kind === "none" && mode === "disabled") return nothing({ ...common, action });
  const stored = subject.live === undefined ? undefined : await storedRelease(subject.live, asker);
  const survey: ReleaseSurvey = {
    action,
    ...(stored === undefined ? {} : { stored }),
    ...chartChange(subject, built),
  };
  if (action.kind !== "install" && stored === undefined) ledger.unread++;
  if (action.kind === "none") {
    if (stored === undefined || mode === "disabled") return nothing({ ...common, action });
    const drift = prepareDrift({ subject, stored, mode, isNamespaced });
    const settled = (answers: ReadonlyMap<string, LiveAnswer>): readonly ObjectRef[] => {
      drift.settle(answers, ledger);
      return [];
    };
    return { ...common, survey, questions: drift.questions, settle: settled };
  }
  const items = releaseItems(subject, cluster);
  const release = prepareRelease({ subject, built, action, stored, items, isNamespaced });
  if (action.kind === "replace") ledger.problems.push(replaced(subject, action.reasons));
  return {
    ...common,
    survey,
    questions: release.questions,
    settle: (answers) => release.settle(answers, ledger),
  };
}

function nothing({
  action,
  ...common
}: Pick<Prepared, "subject" | "asker" | "ledger"> & { readonly action: ReleaseAction }): Prepared {
  return { ...common, survey: { action }, questions: [], settle: () => [] };
}

function replaced({ node }: Subject, reasons: readonly string[]): Ledger["problems"][number] {
  return {
    code: "release-replaced",
    severity: "warning",
    message: `${refTitle(node.spec)} will be uninstalled and installed anew, because ${reasons.join(" and ")}. What it keeps in its objects is lost.`,
    applier: node.id,
  };
}

function chartChange({ live }: Subject, { helm }: Built): { readonly chart?: ChartChange } {
  const last = lastSnapshot(live);
  const before = {
    name: textAt(last, "chartName") ?? "",
    version: textAt(last, "chartVersion") ?? "",
  };
  const after = helm?.chart;
  if (last === undefined || after === undefined) return {};
  if (before.name === after.name && before.version === after.version) return {};
  const { name, version } = after;
  return { chart: { before, after: { name, version }, unknownValues: [] } };
}

/** What a release lets go of: objects that left it, and a HelmChart that is another one now. */
async function settle(
  { subject, asker, ledger, settle: enterAnswers, survey }: Prepared,
  answers: ReadonlyMap<string, LiveAnswer>,
  ground: Ground,
): Promise<readonly Leaver[]> {
  const refs = enterAnswers(answers);
  const { node, live } = subject;
  if (live === undefined) return [];
  const leaver: Leaver = { id: node.id, ref: nodeRef(node), live, kept: keptBecause(survey, node) };
  const chart = oldChart(subject);
  const charts = chart === undefined ? [] : [chart];
  const removals = await Promise.all([
    ledger.refused.length > 0 ? undefined : removalsOf(leaver, refs, ground.removal(asker)),
    removalsOf({ ...leaver, kept: undefined }, charts, ground.removal(ground.asker)),
  ]);
  return removals.flatMap((one) => {
    ledger.changes.push(...(one?.changes ?? []));
    ledger.unread += one?.unanswered ?? 0;
    return one?.gone ?? [];
  });
}

/** Seen on helm-controller 1.6: it uninstalls in the namespace that the release will have. */
function keptBecause(
  { action, stored }: ReleaseSurvey,
  { built }: Subject["node"],
): string | undefined {
  const release = built.outcome === "built" ? built.helm?.release : undefined;
  return action.kind === "replace" &&
    stored !== undefined &&
    release !== undefined &&
    stored.namespace !== release.namespace
    ? "helm-controller uninstalls the release in its new namespace, so what is in the old one stays"
    : undefined;
}

function oldChart({ live, node }: Subject): ObjectRef | undefined {
  const old = live === undefined ? undefined : chartOfRelease(live);
  if (old === undefined || node.spec.kind !== "HelmRelease") return undefined;
  const { chart } = node.spec;
  const isSame =
    chart?.from === "template" &&
    textAt(chart.object, "metadata", "name") === old.name &&
    textAt(chart.object, "metadata", "namespace") === old.namespace;
  return isSame ? undefined : old;
}
