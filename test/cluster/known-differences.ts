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
const newRelease =
  "not yet: a changed chart, release name or namespace uninstalls, and what follows is an installation";
const revisions = "`.Release.Revision` beyond the second is known to the cluster alone";
const inventory = "not yet: the inventory counts what is left out of crds/ as well";

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
  crds: {
    "0 apps/not-a-crd": inventory,
    "0 apps/skip": inventory,
    "0 apps/skip-then-create": inventory,
  },
  dependencies: { "0 apps/by-repository-missing": fetchWords },
  failures: {
    "0 apps/bad-values-file": "not yet: the folder of the chart has a slash at its end",
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
  "lookup-and-capabilities": {
    "0 apps/unknown-kind": "not yet: looking up a kind that the cluster does not know is an error",
    "0 apps/unknown-version": "not yet: looking up a version that is not served is an error",
  },
  names: { "0 apps/not-created": serverWords },
  schema: {
    "0 apps/broken-schema": "not yet: source-controller packs no chart whose schema is no JSON",
  },
  upgrade: {
    "1 apps/becomes-broken": forgotten,
    "1 apps/chart-renamed": newRelease,
    "1 apps/post-renderer-added": forgotten,
    "1 apps/preserve-values": "not yet: values of the release before are not taken over",
    "1 apps/release-renamed": newRelease,
    "1 apps/target-changed": newRelease,
  },
  "values-files": {
    "0 apps/repo-broken": 'not yet: the words "failed to merge chart values"',
    "0 apps/repo-missing": 'not yet: the words "failed to merge chart values"',
  },
};
