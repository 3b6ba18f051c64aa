/**
 * What helm-controller will do about a release: install, upgrade, replace, or nothing but look for drift
 * (`fluxcd/helm-controller internal/reconcile/state.go` DetermineReleaseState, `internal/action/verify.go` ReleaseTargetChanged).
 * Values are compared as they are written, with the data that they come from: equal ones have the same digest.
 */
import { storageNamespace } from "../../render/previous-release.ts";
import type { Built } from "../../render/node.ts";
import { canonicalJson, isObject, listAt, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";
import type { Subject } from "./subject.ts";

export type ReleaseAction =
  /** There is none, as far as the HelmRelease knows. */
  | { readonly kind: "install" }
  | { readonly kind: "upgrade" }
  /** Uninstalled first, for a reason that people are told. */
  | { readonly kind: "replace"; readonly reasons: readonly string[] }
  | { readonly kind: "none" };

export type DriftMode = "disabled" | "warn" | "enabled";

/** `changedData`: `Kind/namespace/name` of ConfigMaps and Secrets that change with the push. */
export function releaseAction(
  subject: Subject,
  built: Built,
  changedData: ReadonlySet<string>,
): ReleaseAction {
  const { live, object, spec } = subject;
  const last = lastSnapshot(live);
  if (live === undefined || last === undefined || textAt(last, "status") === "uninstalled")
    return { kind: "install" };
  const reasons = replacements(live, last, { object, built });
  if (reasons.length > 0) return { kind: "replace", reasons };
  const isUpgrade =
    textAt(last, "status") !== "deployed" ||
    isOtherChart(subject, last, built) ||
    spec.data.some((key) => changedData.has(key)) ||
    deciding.some((key) => isOther(objectAt(live, "spec")[key], objectAt(object, "spec")[key])) ||
    isFailing(live, last);
  return { kind: isUpgrade ? "upgrade" : "none" };
}

/** Fields whose digests helm-controller compares. */
const deciding = ["values", "valuesFrom", "postRenderers", "commonMetadata"] as const;

function isOther(before: unknown, after: unknown): boolean {
  return canonicalJson(before ?? null) !== canonicalJson(after ?? null);
}

/** The newest of `status.history`. */
export function lastSnapshot(release: JsonObject | undefined): JsonObject | undefined {
  const last = listAt(release, "status", "history")[0];
  return isObject(last) ? last : undefined;
}

/** It was tried with other values than those that are deployed. */
function isFailing(live: JsonObject, last: JsonObject): boolean {
  const attempted = textAt(live, "status", "lastAttemptedConfigDigest");
  const deployed = textAt(last, "configDigest");
  return attempted !== undefined && deployed !== undefined && attempted !== deployed;
}

/**
 * The chart of another name or version. With merged values files the version ends in the generation of the HelmChart, which only the
 * cluster counts: as long as the HelmRelease says the same about its chart, it counts the same.
 */
function isOtherChart({ live, object }: Subject, last: JsonObject, { helm }: Built): boolean {
  const now = helm?.chart;
  if (now === undefined) return false;
  if (now.name !== textAt(last, "chartName")) return true;
  const before = textAt(last, "chartVersion") ?? "";
  if (now.version === before) return false;
  const template = objectAt(object, "spec", "chart", "spec");
  const isCounted = listAt(template, "valuesFiles").length > 0;
  const isSame = !isOther(objectAt(live, "spec")["chart"], objectAt(object, "spec")["chart"]);
  return !(isCounted && isSame && withoutBuild(now.version) === withoutBuild(before));
}

function withoutBuild(version: string): string {
  return version.replace(/\+.*$/, "");
}

function replacements(
  live: JsonObject,
  last: JsonObject,
  { object, built }: { readonly object: JsonObject; readonly built: Built },
): readonly string[] {
  const { release, chart } = built.helm ?? {};
  const isKeptInPlace =
    textAt(object, "spec", "upgrade", "chartNameChangeStrategy") === "InPlaceUpdate";
  return [
    differs(
      "its storage namespace",
      textAt(live, "status", "storageNamespace"),
      storageNamespace(object),
    ),
    differs("its namespace", textAt(last, "namespace"), release?.namespace),
    differs("its release name", textAt(last, "name"), release?.name),
    isKeptInPlace ? undefined : differs("its chart", textAt(last, "chartName"), chart?.name),
  ].filter((reason) => reason !== undefined);
}

function differs(
  what: string,
  before: string | undefined,
  after: string | undefined,
): string | undefined {
  return before === undefined || after === undefined || before === after
    ? undefined
    : `${what} changes from ${before} to ${after}`;
}

export function driftMode(object: JsonObject): DriftMode {
  const mode = textAt(object, "spec", "driftDetection", "mode");
  return mode === "enabled" || mode === "warn" ? mode : "disabled";
}

/** `spec.upgrade.serverSideApply` `auto` is as the last release was applied (`internal/action/upgrade.go`). */
export function isServerSide(
  { object }: Pick<Subject, "object">,
  action: "install" | "upgrade",
  lastMethod: string | undefined,
): boolean {
  const spec = objectAt(object, "spec");
  if (action === "install") return objectAt(spec, "install")["serverSideApply"] !== false;
  const said = textAt(spec, "upgrade", "serverSideApply");
  if (said === "enabled") return true;
  if (said === "disabled") return false;
  return lastMethod === "ssa";
}
