/** Why a pass failed, beyond its condition: the last warnings about the object. */
import { isObject, listAt, textAt } from "#simulator";

import { StatusError } from "../../cluster/connection-error.ts";
import type { WaitStep } from "../../model/cluster/waiting.ts";
import type { ObjectTarget } from "./targets.ts";

const mostWarnings = 3;

export async function explainFailure(
  { session, entry }: ObjectTarget,
  outcome: WaitStep,
  signal: AbortSignal,
): Promise<string> {
  const main =
    outcome.kind === "failed" ? `${outcome.reason}: ${outcome.message}` : outcome.message;
  const { kind, name, namespace } = entry.live.ref;
  const query = {
    fieldSelector: `type=Warning,involvedObject.kind=${kind},involvedObject.name=${name}`,
    limit: "50",
  };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const list = await session.api
    .json({ path, query }, AbortSignal.any([signal, session.signal]))
    .catch((error: unknown) => {
      if (error instanceof StatusError) return {};
      throw error;
    });
  const warnings = listAt(list, "items")
    .filter(isObject)
    .map((event) => ({
      at: textAt(event, "lastTimestamp") ?? "",
      text: textAt(event, "message") ?? "",
    }))
    .filter(({ text }) => text !== "" && !main.includes(text))
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, mostWarnings)
    .map(({ text }) => text.replace(/\s+/g, " "));
  return [main, ...new Set(warnings)].join(" · ");
}
