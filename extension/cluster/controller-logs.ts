/** Lines of Flux's controllers about one object, from every replica and shard, as they come. */
import { isObject, listAt, textAt } from "#simulator";
import type { ObjectRef } from "#simulator";

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
  const pods = await controllerPods(session, within);
  if (pods.length === 0)
    return onLine({
      time: "",
      level: "info",
      controller: "Sluice",
      message: "No pod is labelled app.kubernetes.io/part-of=flux.",
      error: "",
    });
  await Promise.all(pods.map((pod) => followPod(session, pod, ref, onLine, within)));
}

interface ControllerPod {
  /** Of its log. */
  readonly path: string;
  readonly controller: string;
  /** The parameter that chooses a container, where there are several. */
  readonly container: Readonly<Record<string, string>>;
}

async function controllerPods(
  session: ClusterSession,
  signal: AbortSignal,
): Promise<readonly ControllerPod[]> {
  const query = { labelSelector: "app.kubernetes.io/part-of=flux" };
  const pods = await session.api.json({ path: "/api/v1/pods", query }, signal);
  return listAt(pods, "items")
    .filter(isObject)
    .map((pod) => {
      const namespace = textAt(pod, "metadata", "namespace") ?? "";
      const name = textAt(pod, "metadata", "name") ?? "";
      const names = listAt(pod, "spec", "containers").map((item) => textAt(item, "name") ?? "");
      const [inNamespace, ofPod] = [namespace, name].map(encodeURIComponent);
      return {
        path: `/api/v1/namespaces/${inNamespace}/pods/${ofPod}/log`,
        controller: textAt(pod, "metadata", "labels", "app") ?? name,
        container: names.includes("manager") ? { container: "manager" } : {},
      };
    });
}

async function followPod(
  session: ClusterSession,
  { path, controller, container }: ControllerPod,
  ref: ObjectRef,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  await session.api
    .lines(
      {
        path,
        query: { follow: "true", tailLines: recent, ...container },
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

/** The newest line of level error about one object, among the last ones of each controller. */
export async function lastErrorLine(
  session: ClusterSession,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<LogLine | undefined> {
  const found = await Promise.all(
    (await controllerPods(session, signal)).map(async ({ path, container, controller }) => {
      const query = { tailLines: recent, ...container };
      const text = await session.api.text({ path, query }, signal);
      return text
        .split("\n")
        .flatMap((line) => aboutObject(line, ref, controller) ?? [])
        .filter(({ level }) => level === "error");
    }),
  );
  return found.flat().toSorted((a, b) => (a.time < b.time ? 1 : -1))[0];
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
