/** Lines of Flux's controllers about one object, from every replica and shard, as they come. */
import { isObject, listAt, textAt } from "#simulator";
import type { JsonObject, ObjectRef } from "#simulator";

import type { ClusterSession } from "./session.ts";

export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly controller: string;
  readonly message: string;
  readonly error: string;
}

const recent = "500";

/** Ends when the signal is aborted or every pod stopped writing. */
export async function followLogs(
  session: ClusterSession,
  ref: ObjectRef,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const within = AbortSignal.any([session.signal, signal]);
  const pods = await session.api.json(
    { path: "/api/v1/pods", query: { labelSelector: "app.kubernetes.io/part-of=flux" } },
    within,
  );
  const items = listAt(pods, "items").filter(isObject);
  if (items.length === 0)
    return onLine({
      time: "",
      level: "info",
      controller: "Sluice",
      message: "No pod is labelled app.kubernetes.io/part-of=flux.",
      error: "",
    });
  await Promise.all(items.map((pod) => followPod(session, pod, ref, onLine, within)));
}

async function followPod(
  session: ClusterSession,
  pod: JsonObject,
  ref: ObjectRef,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const namespace = textAt(pod, "metadata", "namespace") ?? "";
  const name = textAt(pod, "metadata", "name") ?? "";
  const containers = listAt(pod, "spec", "containers").map((item) => textAt(item, "name") ?? "");
  const controller = textAt(pod, "metadata", "labels", "app") ?? name;
  await session.api
    .lines(
      {
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`,
        query: {
          follow: "true",
          tailLines: recent,
          ...(containers.includes("manager") ? { container: "manager" } : {}),
        },
        // A quiet controller is no dead connection.
        inactivity: 0,
      },
      (text) => {
        const line = aboutObject(text, ref, controller);
        if (line !== undefined) onLine(line);
      },
      signal,
    )
    .catch((error: unknown) => {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      onLine({ time: "", level: "warn", controller, message: "The log ended.", error: message });
    });
}

/** Only lines of JSON that name this object; the kind stands in one of two fields. */
export function aboutObject(text: string, ref: ObjectRef, controller: string): LogLine | undefined {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  const kind = textAt(line, "reconciler kind") ?? textAt(line, "controllerKind") ?? "";
  if (textAt(line, "name") !== ref.name || textAt(line, "namespace") !== ref.namespace)
    return undefined;
  if (kind !== "" && kind !== ref.kind) return undefined;
  return {
    time: textAt(line, "ts") ?? "",
    level: textAt(line, "level") ?? "info",
    controller,
    message: textAt(line, "msg") ?? "",
    error: textAt(line, "error") ?? "",
  };
}
