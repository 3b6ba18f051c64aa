/** What Sluice does to live objects: patches, deletion, and waiting for our own request by what the watch brings. */
import { setTimeout as delay } from "node:timers/promises";

import { durationOf, expectedRevision, groupOf, objectId, resourcePath, textAt } from "#simulator";
import type { JsonObject, ObjectRef } from "#simulator";
import { isStatus, StatusError } from "#simulator/cluster";

import type { LiveObject } from "../model/cluster/live-object.ts";
import type { ReconcileKind } from "../model/cluster/requests.ts";
import { fieldManager, reconcileBody, requestToken } from "../model/cluster/requests.ts";
import type { WaitStep } from "../model/cluster/waiting.ts";
import { waitStep } from "../model/cluster/waiting.ts";
import type { ClusterSession } from "./session.ts";

const tries = 4;

/** The object as the server has it, managed fields included. */
export async function readObject(
  session: ClusterSession,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<JsonObject> {
  return session.api.json({ path: pathOf(session, ref) }, within(session, signal));
}

/** Sends a merge patch, again when somebody else was quicker. */
export async function patchObject(
  session: ClusterSession,
  ref: ObjectRef,
  body: JsonObject,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await session.api.json(
        {
          method: "PATCH",
          path: pathOf(session, ref),
          query: { fieldManager },
          contentType: "application/merge-patch+json",
          body,
        },
        within(session, signal),
      );
      return;
    } catch (error) {
      if (!isStatus(error, 409) || attempt >= tries) throw error;
      await delay(50 * attempt, undefined, { signal });
    }
  }
}

export async function deleteObject(
  session: ClusterSession,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<void> {
  await session.api.json(
    { method: "DELETE", path: pathOf(session, ref), query: { propagationPolicy: "Background" } },
    within(session, signal),
  );
}

export interface ReconcileOptions {
  readonly kind: ReconcileKind;
  /** Told about each step that the controller reports. */
  readonly onProgress: (message: string) => void;
  /** Milliseconds at most; the default is what the object allows itself, and a minute. */
  readonly timeout?: number;
}

/** Requests a pass and waits for its end. Aborting stops the waiting and not the controller. */
export async function reconcile(
  session: ClusterSession,
  live: LiveObject,
  options: ReconcileOptions,
  signal: AbortSignal,
): Promise<WaitStep> {
  const token = requestToken(Date.now(), Math.random());
  const revision = expectedRevision(live.object, (ref) => session.store.get(objectId(ref))?.object);
  await patchObject(session, live.ref, reconcileBody(token, options.kind), signal);
  const goal = { token, ...(revision === undefined ? {} : { revision }) };
  const own = durationOf(textAt(live.object, "spec", "timeout")) ?? 0;
  const timeout = options.timeout ?? Math.max(300_000, own + 60_000);
  return new Promise((resolve, reject) => {
    const ending = within(session, signal);
    let said = "";
    const step = (object: LiveObject | undefined): void => {
      const now = waitStep(object?.object, goal);
      if (now.kind !== "waiting") return finish(() => resolve(now));
      if (now.message !== said) options.onProgress((said = now.message));
    };
    const aborted = (): void => finish(() => reject(ending.reason));
    const timer = setTimeout(() => {
      const seconds = Math.round(timeout / 1000);
      const message = `It did not end within ${seconds} s. Last: ${said}`;
      finish(() => resolve({ kind: "failed", reason: "TimedOut", message }));
    }, timeout);
    const stop = session.store.onObject(live.id, step);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      stop();
      ending.removeEventListener("abort", aborted);
      settle();
    };
    if (ending.aborted) return aborted();
    ending.addEventListener("abort", aborted);
    // The answer of the controller may have come before this line.
    const now = session.store.get(live.id);
    if (now !== undefined) step(now);
  });
}

/** Whether the user may do this; a server that does not answer the question is not held against the user. */
export async function mayDo(
  session: ClusterSession,
  verb: "patch" | "delete" | "list",
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<boolean> {
  const group = groupOf(ref.apiVersion);
  const resource = session.resource(group, ref.kind)?.plural ?? "";
  const { namespace, name } = ref;
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { group, resource, namespace, name, verb } },
  };
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  try {
    const review = await session.api.json({ method: "POST", path, body }, within(session, signal));
    const { status } = review;
    return typeof status === "object" && status !== null && !Array.isArray(status)
      ? (status as JsonObject)["allowed"] === true
      : true;
  } catch (error) {
    if (error instanceof StatusError) return true;
    throw error;
  }
}

function pathOf(session: ClusterSession, ref: ObjectRef): string {
  const resource = session.resource(groupOf(ref.apiVersion), ref.kind);
  if (resource === undefined) throw new StatusError(404, "NotFound", `${ref.kind} is not served.`);
  return resourcePath(resource, ref.namespace, ref.name);
}

function within(session: ClusterSession, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([session.signal, signal]);
}
