/**
 * The bodies of the merge patches that Sluice sends, and what is known before one is sent. Pure. Every patch is written by
 * the field manager of Flux's own command line: kustomize-controller takes away what managers named `kubectl…` wrote
 * (`fluxcd/pkg ssa/patch.go`).
 */
import { isObject, listAt, objectAt, suspendMechanism, textAt } from "#simulator";
import type { JsonObject } from "#simulator";

import { suspendReason, suspendUntil } from "./live-words.ts";

export const fieldManager = "flux-client-side-apply";

const requestedAt = "reconcile.fluxcd.io/requestedAt";
const forceAt = "reconcile.fluxcd.io/forceAt";
const resetAt = "reconcile.fluxcd.io/resetAt";
const suspendedBy = "fluxcd.controlplane.io/suspendedBy";

export type ReconcileKind = "plain" | "force" | "reset";

/** A token that sorts by time and that nobody else makes: RFC 3339 with a random end where nanoseconds would stand. */
export function requestToken(now: number, random: number): string {
  const digits = String(Math.floor(random * 1_000_000)).padStart(6, "0");
  return new Date(now).toISOString().replace("Z", `${digits}Z`);
}

export function reconcileBody(token: string, kind: ReconcileKind): JsonObject {
  switch (kind) {
    case "plain":
      return annotate({ [requestedAt]: token });
    case "force":
      return annotate({ [requestedAt]: token, [forceAt]: token });
    case "reset":
      return annotate({ [requestedAt]: token, [resetAt]: token });
  }
}

export interface SuspendNote {
  /** Empty when nothing was said. */
  readonly reason: string;
  /** RFC 3339; empty for no end. */
  readonly until: string;
}

/** `undefined` when objects like this one can't be suspended. */
export function suspendBody(object: JsonObject, note: SuspendNote): JsonObject | undefined {
  const mechanism = suspendMechanism(object);
  const notes = {
    ...(note.reason === "" ? {} : { [suspendReason]: note.reason }),
    ...(note.until === "" ? {} : { [suspendUntil]: note.until }),
  };
  switch (mechanism.kind) {
    case "none":
      return undefined;
    case "field":
      return {
        spec: { suspend: true },
        ...(Object.keys(notes).length === 0 ? {} : annotate(notes)),
      };
    case "annotation":
      return annotate({ [mechanism.annotation]: "disabled", ...notes });
  }
}

/** Resuming also asks for a pass: the generation of an annotated object does not change. */
export function resumeBody(object: JsonObject, token: string): JsonObject | undefined {
  const mechanism = suspendMechanism(object);
  const clean = {
    [requestedAt]: token,
    [suspendReason]: null,
    [suspendUntil]: null,
    [suspendedBy]: null,
  };
  switch (mechanism.kind) {
    case "none":
      return undefined;
    case "field":
      return { spec: { suspend: false }, ...annotate(clean) };
    case "annotation":
      return annotate({ [mechanism.annotation]: null, ...clean });
  }
}

function annotate(annotations: JsonObject): { readonly metadata: JsonObject } {
  return { metadata: { annotations } };
}

export type RevertPrediction =
  | { readonly kind: "stays" }
  /** Something that applies this object says itself whether it is suspended. */
  | { readonly kind: "reverted"; readonly manager: string };

const appliers = new Set(["kustomize-controller", "helm-controller", "flux-operator"]);

/**
 * Whether suspending would be undone: when an applier owns the field, its next pass writes what Git says. `raw` is the object
 * with its managed fields, which are not kept in memory.
 */
export function predictRevert(raw: JsonObject): RevertPrediction {
  const mechanism = suspendMechanism(raw);
  for (const entry of listAt(raw, "metadata", "managedFields")) {
    const manager = textAt(entry, "manager") ?? "";
    if (!appliers.has(manager) || textAt(entry, "operation") !== "Apply") continue;
    const fields = objectAt(entry, "fieldsV1");
    const owned =
      mechanism.kind === "field"
        ? isObject(objectAt(fields, "f:spec")["f:suspend"])
        : mechanism.kind === "annotation" &&
          isObject(objectAt(fields, "f:metadata", "f:annotations")[`f:${mechanism.annotation}`]);
    if (owned) return { kind: "reverted", manager };
  }
  return { kind: "stays" };
}
