/**
 * Cases in which the simulator differs from the controllers, each with its reason. The test fails as well for a case that
 * stands here and no longer differs, so that the list only shrinks.
 */

/** By scenario, then by `<push> <namespace>/<name>` of the HelmRelease. */
export type KnownDifferences = Readonly<Record<string, Readonly<Record<string, string>>>>;

const unhealthy = "the simulator takes every workload for healthy: only a kubelet knows";
const forgotten =
  "the controller forgets: its retry no longer sees that the post-renderers changed, and says Ready (internal/reconcile/state.go); a failure is the more useful answer";
const fetchWords = "why a source can't be had is told in the words of whoever fetched it";
const serverWords = "only the API server says this when the object is applied";
const revisions = "`.Release.Revision` beyond the second is known to the cluster alone";

export const knownDifferences: KnownDifferences = {
  "chart-from-git": {
    "2 apps/revision": revisions,
    "2 apps/revision-values-files": revisions,
    "2 apps/with-metadata-revision": revisions,
  },
  "chart-references": {
    "0 apps/oci-not-ready": fetchWords,
    "0 apps/oci-suspended":
      "a suspended source that was never fetched has no artifact; the simulator assumes that it was fetched before",
  },
  "chart-versions": {
    "0 apps/oci-missing-tag": fetchWords,
    "0 apps/oci-semver-none": fetchWords,
    "0 apps/repo-bad-range": fetchWords,
    "0 apps/repo-missing": fetchWords,
    "0 apps/repo-nothing-in-range": fetchWords,
  },
  dependencies: { "0 apps/by-repository-missing": fetchWords },
  failures: {
    "0 apps/depends-on-itself": "the simulator says that it is a cycle, which is the better word",
    "0 apps/invalid-name": serverWords,
    "0 apps/unknown-field": serverWords,
    "0 apps/unknown-kind": serverWords,
    "0 apps/wrong-type": serverWords,
  },
  hooks: {
    "0 apps/client-side":
      "without server-side apply the recording has the defaults that the API server fills in",
    "0 apps/hook-never-ends": unhealthy,
    "0 apps/test-never-ends": unhealthy,
    "1 apps/hook-never-ends": unhealthy,
    "1 apps/test-never-ends": unhealthy,
  },
  names: { "0 apps/not-created": serverWords },
  upgrade: {
    "1 apps/becomes-broken": forgotten,
    "1 apps/post-renderer-added": forgotten,
  },
};
