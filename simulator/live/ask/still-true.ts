/**
 * Which remembered answers still hold: an object whose `resourceVersion` is the one of the answer has not changed. Versions are listed by
 * kind and namespace, metadata only, so that many objects cost a few requests.
 */
import { objectAt, textAt } from "../../manifest/json.ts";
import type { Live } from "../../ports.ts";
import type { LiveAnswer, LiveQuestion } from "../question.ts";
import { listObjects } from "./read.ts";

export interface Remembered {
  readonly question: LiveQuestion;
  readonly answer: LiveAnswer;
}

/** Fewer than these are asked again rather than listed. */
const worthAList = 3;

/** Ids of the questions whose answers hold. Rejects only when cancelled. */
export async function stillTrue(
  live: Live,
  remembered: readonly Remembered[],
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const groups = new Map<string, Remembered[]>();
  for (const one of remembered) {
    const { apiVersion, kind, metadata } = one.question.object;
    const key = JSON.stringify([apiVersion, kind, textAt(metadata, "namespace") ?? ""]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const kept = new Set<string>();
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const versions =
        group.length < worthAList ? undefined : await versionsOf(live, group, signal);
      if (versions === undefined) return;
      for (const { question, answer } of group) {
        const name = textAt(question.object, "metadata", "name") ?? "";
        if (versions.get(name) === versionIn(answer)) kept.add(question.id);
      }
    }),
  );
  return kept;
}

/** By name; `undefined` when they can't be known. */
async function versionsOf(
  live: Live,
  [first]: readonly Remembered[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string> | undefined> {
  const object = first?.question.object ?? {};
  const ref = {
    apiVersion: textAt(object, "apiVersion") ?? "",
    kind: textAt(object, "kind") ?? "",
    namespace: textAt(object, "metadata", "namespace") ?? "",
    metadataOnly: true,
  } as const;
  const list = await listObjects(live, ref, signal);
  if (list.outcome !== "found" || list.isPart) return undefined;
  return new Map(
    list.objects.map((item) => {
      const metadata = objectAt(item, "metadata");
      return [textAt(metadata, "name") ?? "", textAt(metadata, "resourceVersion") ?? ""];
    }),
  );
}

/** `undefined` for what was not there. */
function versionIn(answer: LiveAnswer): string | undefined {
  const live = "live" in answer ? answer.live : undefined;
  return textAt(live, "metadata", "resourceVersion");
}
