/**
 * Why a pass failed, beyond its condition: the last warnings about the object and about those that the condition names, and the
 * last line that its controller logged. What the user may not read is left out.
 */
import { isObject, listAt, refTitle, textAt } from "#simulator";
import type { ObjectRef } from "#simulator";
import { StatusError } from "#simulator/cluster/errors";

import { lastErrorLine } from "../../cluster/controller-logs.ts";
import type { ClusterSession } from "../../cluster/session.ts";
import { culpritsIn } from "../../model/cluster/culprits.ts";
import type { LiveEntry } from "../../model/cluster/live-index.ts";
import type { WaitStep } from "../../model/cluster/waiting.ts";

const mostWarnings = 3;
const mostCulprits = 3;
/** Milliseconds that reading more may take: the failure itself is known. */
const patience = 5000;

export async function explainFailure(
  { session, entry }: { readonly session: ClusterSession; readonly entry: LiveEntry },
  outcome: WaitStep,
  signal: AbortSignal,
): Promise<string> {
  const { ref } = entry.live;
  const main =
    outcome.kind === "failed" ? `${outcome.reason}: ${outcome.message}` : outcome.message;
  const within = AbortSignal.any([signal, session.signal, AbortSignal.timeout(patience)]);
  const culprits = culpritsIn(outcome.message)
    .filter(({ kind, name }) => kind !== ref.kind || name !== ref.name)
    .slice(0, mostCulprits)
    .map((culprit) => ({ apiVersion: "", ...culprit }));
  const [own = [], ...others] = await Promise.all(
    [ref, ...culprits].map((one) => warnings(session, one, within)),
  );
  const line = await orNothing(lastErrorLine(session, ref, within), signal);
  const told = [
    ...own.map((text) => ({ about: "", text })),
    ...culprits.flatMap((culprit, at) =>
      (others[at] ?? []).slice(0, 1).map((text) => ({ about: `${refTitle(culprit)}: `, text })),
    ),
    ...(line === undefined
      ? []
      : [{ about: `${line.controller}: `, text: line.error || line.message }]),
  ];
  const known = flat(main);
  const news = told
    .filter(({ text }) => !known.includes(flat(text)))
    .map(({ about, text }) => `${about}${flat(text)}`);
  return [main, ...new Set(news)].join(" · ");
}

function flat(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** The newest warnings about an object, at most three. */
async function warnings(
  session: ClusterSession,
  { kind, namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const query = {
    fieldSelector: `type=Warning,involvedObject.kind=${kind},involvedObject.name=${name}`,
    limit: "50",
  };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace || "default")}/events`;
  const list = await orNothing(session.api.json({ path, query }, signal), session.signal);
  return listAt(list, "items")
    .filter(isObject)
    .map((event) => ({
      at: textAt(event, "lastTimestamp") ?? textAt(event, "eventTime") ?? "",
      text: textAt(event, "message") ?? "",
    }))
    .filter(({ text }) => text !== "")
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, mostWarnings)
    .map(({ text }) => text);
}

/** A refusal, or an answer that takes too long, leaves a gap; cancelling is cancelling. */
async function orNothing<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    if (!signal.aborted && (error instanceof StatusError || isLate)) return undefined;
    throw error;
  }
}
