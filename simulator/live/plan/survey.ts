/**
 * What a push would make of one cluster, before it is shown. Three batches of questions: the appliers themselves, what they send, and the
 * Helm releases, which are only looked at when helm-controller would act on them.
 */
import { localKey } from "../../flux/object-ref.ts";
import type { ApplierRecord, ObjectRef } from "../../records.ts";
import type { ClusterRender } from "../../render/cluster.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Arrivals, LiveAnswer, LiveQuestion } from "../question.ts";
import {
  arrivalsOf,
  askAll,
  enterAnswers,
  leaverOf,
  leftRefs,
  possibleIds,
  releaseItems,
  sentItems,
  wishesOf,
} from "./asked-subjects.ts";
import type { Asker } from "./asker.ts";
import { openLedger } from "./ledger.ts";
import type { Ledger } from "./ledger.ts";
import { readLiveAppliers } from "./live-appliers.ts";
import type { LiveAppliers } from "./live-appliers.ts";
import { surveyReleases } from "./releases.ts";
import type { ReleaseSurvey } from "./releases.ts";
import { removalsOf } from "./removals.ts";
import type { Leaver, RemovalContext } from "./removals.ts";
import type { RemoteTarget } from "./remote-askers.ts";
import { storedRefs } from "./stored-refs.ts";
import { applierQuestions, isActive, subjectsOf } from "./subject.ts";
import type { Subject } from "./subject.ts";
import { secretsOf } from "./secrets.ts";

export interface Survey {
  readonly cluster: ClusterRender;
  readonly subjects: ReadonlyMap<string, Subject>;
  readonly ledgers: ReadonlyMap<string, Ledger>;
  /** Appliers that leave the cluster, parents before children. */
  readonly gone: readonly Leaver[];
  readonly releases: ReadonlyMap<string, ReleaseSurvey>;
  /** Appliers whose objects are on another cluster that can't be asked, by id, and why. */
  readonly elsewhere: ReadonlyMap<string, string>;
  /** Names of the other clusters that are asked, by applier. */
  readonly remotes: ReadonlyMap<string, string>;
  /** Values of Secrets that were seen. */
  readonly secrets: readonly string[];
}

export interface SurveyContext {
  readonly asker: Asker;
  /** The other cluster that an applier applies to. */
  readonly remote: (applier: JsonObject) => Promise<RemoteTarget>;
  readonly records: ReadonlyMap<string, ApplierRecord>;
}

export interface Ground extends SurveyContext {
  readonly cluster: ClusterRender;
  readonly live: LiveAppliers;
  readonly subjects: ReadonlyMap<string, Subject>;
  readonly ledgers: ReadonlyMap<string, Ledger>;
  /** Where the objects of an applier go. Absent: they can't be asked about. */
  readonly askers: ReadonlyMap<string, Asker>;
  readonly elsewhere: ReadonlyMap<string, string>;
  /** What was said about the appliers themselves: their parents send them, and nobody has to ask again. */
  readonly answered: ReadonlyMap<string, LiveAnswer>;
  /** What arrives on one cluster does not on another. */
  readonly arrivals: (asker: Asker) => Arrivals;
  readonly removal: (asker: Asker) => RemovalContext;
}

export async function survey(cluster: ClusterRender, context: SurveyContext): Promise<Survey> {
  const ground = await lookAround(cluster, context);
  const { subjects, ledgers } = ground;
  const answers = await askSubjects(ground);
  const removals = await removeLeft(ground);
  const releases = await surveyReleases(ground, changedData([...ledgers.values()]));
  const secrets = [...answers.values()].flatMap(secretsOf);
  return {
    cluster,
    subjects,
    ledgers,
    gone: [...removals, ...releases.gone],
    releases: releases.surveys,
    elsewhere: ground.elsewhere,
    remotes: new Map(
      [...ground.askers].flatMap(([id, target]) =>
        target === context.asker ? [] : [[id, target.name] as const],
      ),
    ),
    secrets: [...secrets, ...releases.secrets],
  };
}

async function lookAround(cluster: ClusterRender, context: SurveyContext): Promise<Ground> {
  const { asker, records } = context;
  const live = await readLiveAppliers(cluster.nodes, asker);
  const here = arrivalsOf(cluster.nodes.filter(({ spec }) => spec.remoteCluster === undefined));
  const sources = { cluster, records, live };
  const answered = await asker.ask(applierQuestions(sources), here);
  const subjects = subjectsOf(sources, answered);
  const { askers, elsewhere } = await whereObjectsGo(subjects, context);
  const rendered = renderedIds(subjects, cluster);
  const arrivals = (target: Asker): Arrivals =>
    target === asker
      ? here
      : arrivalsOf(cluster.nodes.filter(({ id }) => askers.get(id) === target));
  const ledgers = new Map([...subjects.keys()].map((id) => [id, openLedger(id)]));
  const removal = (one: Asker): RemovalContext => ({
    cluster: cluster.cluster,
    asker: one,
    live,
    // What is rendered is rendered for the other cluster when its applier goes there.
    rendered: one === asker ? rendered : new Map(),
    released: (release) => storedRefs(release, one, cluster),
    at: async (applier) => {
      const target = await context.remote(applier);
      return "asker" in target ? removal(target.asker) : undefined;
    },
  });
  return {
    ...{ ...context, cluster, live, subjects, ledgers, askers, elsewhere },
    ...{ answered, arrivals, removal },
  };
}

/** By applier: the cluster that has its objects, or why that can't be asked. */
async function whereObjectsGo(
  subjects: ReadonlyMap<string, Subject>,
  { asker, remote }: SurveyContext,
): Promise<Pick<Ground, "askers" | "elsewhere">> {
  const askers = new Map<string, Asker>();
  const elsewhere = new Map<string, string>();
  await Promise.all(
    [...subjects].map(async ([id, subject]) => {
      const isRemote = subject.spec.remoteCluster !== undefined && isActive(subject);
      const target = isRemote ? await remote(subject.object) : { asker };
      if ("asker" in target) askers.set(id, target.asker);
      else elsewhere.set(id, target.why);
    }),
  );
  return { askers, elsewhere };
}

/** By object, the appliers that will apply it to this cluster. */
function renderedIds(
  subjects: ReadonlyMap<string, Subject>,
  cluster: ClusterRender,
): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const [id, subject] of subjects) {
    if (subject.spec.remoteCluster !== undefined || !isActive(subject)) continue;
    const items = [...sentItems(subject, cluster), ...releaseItems(subject, cluster)];
    for (const one of items.flatMap(possibleIds)) ids.set(one, [...(ids.get(one) ?? []), id]);
  }
  return ids;
}

async function askSubjects(ground: Ground): Promise<ReadonlyMap<string, LiveAnswer>> {
  const { cluster, subjects, askers, asker, ledgers, answered, arrivals } = ground;
  const asked = [...subjects.values()].flatMap((subject) => {
    if (subject.spec.suspend) return [];
    // The HelmChart of a release for another cluster is on this one.
    const target = subject.node.spec.kind === "HelmRelease" ? asker : askers.get(subject.node.id);
    return target === undefined ? [] : [{ subject, target, wishes: wishesOf(subject, cluster) }];
  });
  const isOpen = (target: Asker, { id }: LiveQuestion): boolean =>
    target !== asker || !answered.has(id);
  const told = await askAll(
    asked.map(({ target, wishes }) => ({
      asker: target,
      questions: wishes
        .map(({ question }) => question)
        .filter((question) => isOpen(target, question)),
    })),
    arrivals,
  );
  const answers = new Map([...answered, ...told]);
  for (const { subject, wishes } of asked) {
    const ledger = ledgers.get(subject.node.id);
    if (ledger !== undefined) enterAnswers(subject, wishes, answers, ledger);
  }
  return answers;
}

/** Prunes what appliers other than HelmReleases let go of. Gives the appliers that go with it. */
async function removeLeft(ground: Ground): Promise<readonly Leaver[]> {
  const { cluster, subjects, askers, ledgers } = ground;
  const gone = await Promise.all(
    [...subjects.values()].map(async (subject): Promise<readonly Leaver[]> => {
      const { node, record } = subject;
      const ledger = ledgers.get(node.id);
      const target = askers.get(node.id);
      const leaver = leaverOf(subject);
      if (ledger === undefined || target === undefined) return [];
      if (node.spec.kind === "HelmRelease" || record.state !== "ready") return [];
      if (subject.isUnread) ledger.unread++;
      if (leaver === undefined || ledger.refused.length > 0) return [];
      const removals = await removalsOf(leaver, leftRefs(subject, cluster), ground.removal(target));
      ledger.changes.push(...removals.changes);
      ledger.unread += removals.unanswered;
      return removals.gone;
    }),
  );
  return gone.flat();
}

/** ConfigMaps and Secrets that change, as `Kind/namespace/name`. */
function changedData(ledgers: readonly Ledger[]): ReadonlySet<string> {
  return new Set(
    ledgers.flatMap(({ changes }) =>
      changes.flatMap(({ ref }) =>
        isData(ref) ? [localKey(ref.kind, ref.namespace, ref.name)] : [],
      ),
    ),
  );
}

function isData({ apiVersion, kind }: ObjectRef): boolean {
  return apiVersion === "v1" && (kind === "ConfigMap" || kind === "Secret");
}
