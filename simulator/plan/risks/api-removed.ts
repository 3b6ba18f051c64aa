/** An object is written in an API version that the cluster's Kubernetes does not serve, or that the next ones will not. */
import { refTitle } from "../../flux/object-ref.ts";
import { isAtLeast, removedApi } from "../../flux/removed-apis.ts";
import type { RemovedApi } from "../../flux/removed-apis.ts";
import type { RiskSeverity } from "../../records.ts";
import { about } from "./rule.ts";
import type { RiskRule } from "./rule.ts";

export const apiRemoved: RiskRule = {
  code: "risk/api-removed",
  summary: "Kubernetes no longer serves the API version of an object.",
  *find({ objects, kubeVersion }) {
    for (const changed of objects) {
      const { ref } = changed.change;
      if (changed.target === undefined) continue;
      const removed = removedApi(ref.apiVersion, ref.kind);
      if (removed === undefined) continue;
      const instead =
        removed.replacement === undefined
          ? "There is nothing in its place; leave it out."
          : `Write it in ${removed.replacement}.`;
      yield about(
        changed,
        severityOf(removed, kubeVersion),
        `${refTitle(ref)} is written in ${ref.apiVersion}, which Kubernetes serves no more since ${removed.since}${consequence(removed, kubeVersion)}. ${instead}`,
      );
    }
  },
};

/** Of a cluster whose version is unknown, most are newer than what was removed. */
function severityOf({ since }: RemovedApi, kubeVersion: string | undefined): RiskSeverity {
  if (kubeVersion === undefined) return "medium";
  return isAtLeast(kubeVersion, since) ? "high" : "low";
}

function consequence({ since }: RemovedApi, kubeVersion: string | undefined): string {
  if (kubeVersion === undefined) return "";
  return isAtLeast(kubeVersion, since)
    ? `, so that applying it to ${kubeVersion} fails`
    : `; ${kubeVersion} still does`;
}
