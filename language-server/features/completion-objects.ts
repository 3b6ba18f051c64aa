/** The beginning of a document: whole objects of Flux kinds with what they need, and `apiVersion` and `kind` of everything known. */
import type { FluxKindName } from "#simulator";
import { fluxKinds } from "#simulator";

import { kustomizeGroup, flux } from "../manifest/flux-names.ts";
import type { KindSummary } from "../schema/catalog.ts";
import { Holes, skeleton } from "./completion-keys.ts";
import type { Outline } from "./completion-outline.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";

/** At the root, as long as nothing else is written there. */
export function objectSuggestions(site: CompletionSite, outline: Outline): readonly Suggestion[] {
  const { typing, model, subject } = site;
  const { root } = outline;
  if (typing.at === "value") {
    const key = typing.path[0];
    if (key !== "apiVersion" && key !== "kind") return [];
    if (subject.isKustomization) return ofKustomization(key);
    return key === "kind" ? kindsFor(site) : versionsFor(site);
  }
  const keys = root.children.map(({ key }) => key);
  if (keys.some((key) => !head.has(key))) return [];
  const rest = ["apiVersion", "kind", "metadata", "spec"]
    .filter((key) => !typing.siblings.has(key))
    .map((label): Suggestion => {
      const isScalar = label === "apiVersion" || label === "kind";
      const snippet = isScalar ? `${label}: \${1}` : `${label}:\n  \${1}`;
      return { label, ...(typing.hasColon ? {} : { snippet }), kind: "field", rank: 0 };
    });
  const isEmpty = keys.length === 0 && typing.path.length === 0 && model.catalog !== undefined;
  return isEmpty ? [...rest, ...wholeObjects(site)] : rest;
}

const head = new Set(["", "apiVersion", "kind", "metadata", "spec"]);

function ofKustomization(key: "apiVersion" | "kind"): readonly Suggestion[] {
  const labels =
    key === "kind"
      ? [flux.Kustomization, "Component"]
      : [`${kustomizeGroup}/v1beta1`, `${kustomizeGroup}/v1alpha1`];
  return labels.map((label, rank) => ({ label, kind: "kind", rank }));
}

function kindsFor({ model, typing }: CompletionSite): readonly Suggestion[] {
  const apiVersion = typing.siblings.get("apiVersion") ?? "";
  const all = model.catalog?.kinds() ?? [];
  const same = all.filter((one) => one.apiVersion === apiVersion);
  return distinct(same.length > 0 ? same : all, ({ kind }) => kind).map((one) => ({
    label: one.kind,
    detail: one.apiVersion,
    kind: "kind",
    rank: isFlux(one) ? 1 : 2,
    deprecated: one.deprecated,
  }));
}

function versionsFor({ model, typing }: CompletionSite): readonly Suggestion[] {
  const kind = typing.siblings.get("kind") ?? "";
  const all = model.catalog?.kinds() ?? [];
  const same = all.filter((one) => one.kind === kind);
  return distinct(same.length > 0 ? same : all, ({ apiVersion }) => apiVersion).map((one) => ({
    label: one.apiVersion,
    ...(same.length > 0 && { detail: one.kind }),
    kind: "kind",
    rank: isFlux(one) ? 1 : 2,
    deprecated: same.length > 0 && one.deprecated,
  }));
}

function distinct(
  kinds: readonly KindSummary[],
  by: (kind: KindSummary) => string,
): readonly KindSummary[] {
  const found = new Map<string, KindSummary>();
  for (const one of kinds) {
    const known = found.get(by(one));
    if (!known || (known.deprecated && !one.deprecated)) found.set(by(one), one);
  }
  return [...found.values()].toSorted((a, b) => (by(a) < by(b) ? -1 : 1));
}

function isFlux({ group }: KindSummary): boolean {
  return fluxKinds.some((row) => row.group === group);
}

/** What is written beyond what is required, because an object without it is of little use. Source: the examples of Flux's documentation. */
const wishes: Readonly<Record<FluxKindName, Readonly<Record<string, string>>>> = {
  Kustomization: {
    "spec.interval": "10m",
    "spec.path": "./",
    "spec.prune": "true",
    "spec.sourceRef.kind": flux.GitRepository,
    "spec.sourceRef.name": "flux-system",
  },
  HelmRelease: {
    "spec.interval": "1h",
    "spec.chartRef.kind": flux.OCIRepository,
    "spec.chartRef.name": "",
  },
  GitRepository: { "spec.interval": "5m", "spec.url": "https://", "spec.ref.branch": "main" },
  OCIRepository: { "spec.interval": "10m", "spec.url": "oci://", "spec.ref.tag": "latest" },
  HelmRepository: { "spec.interval": "1h", "spec.url": "https://" },
  HelmChart: { "spec.interval": "1h", "spec.sourceRef.kind": flux.HelmRepository },
  Bucket: { "spec.interval": "5m", "spec.provider": "generic" },
  ExternalArtifact: {},
  ArtifactGenerator: {},
  ResourceSet: { "spec.resourcesTemplate": "" },
  ResourceSetInputProvider: {},
  FluxInstance: {
    "spec.distribution.version": "2.x",
    "spec.distribution.registry": "ghcr.io/fluxcd",
  },
  FluxReport: {},
  ImageRepository: { "spec.interval": "5m", "spec.image": "" },
  ImagePolicy: { "spec.imageRepositoryRef.name": "", "spec.policy.semver.range": "1.x" },
  ImageUpdateAutomation: {
    "spec.interval": "30m",
    "spec.sourceRef.kind": flux.GitRepository,
    "spec.git.commit.author.email": "",
    "spec.git.push.branch": "main",
    "spec.update.path": "./",
    "spec.update.strategy": "Setters",
  },
  Alert: { "spec.providerRef.name": "", "spec.eventSeverity": "error" },
  Provider: { "spec.type": "generic" },
  Receiver: { "spec.type": "github", "spec.secretRef.name": "" },
};

function wholeObjects({ model }: CompletionSite): readonly Suggestion[] {
  return fluxKinds.flatMap(({ kind, group, versions, role }): readonly Suggestion[] => {
    if (role === "report") return [];
    const found = versions
      .map((version) => model.catalog?.find({ apiVersion: `${group}/${version}`, kind }))
      .find((one) => one !== undefined);
    const spec = found?.schema.properties?.["spec"];
    if (!found || !spec) return [];
    const holes = new Holes();
    const top = [`apiVersion: ${found.apiVersion}`, `kind: ${kind}`, "metadata:"];
    const names = [`  name: ${holes.next()}`, `  namespace: ${holes.next(["flux-system"])}`];
    const wished = new Map(Object.entries(wishes[kind as FluxKindName]));
    const body = skeleton("spec", spec, { indent: 0, holes, depth: 0, wishes: wished });
    return [
      {
        label: kind,
        snippet: [...top, ...names, body, ""].join("\n"),
        detail: found.apiVersion,
        documentation: found.schema.description ?? "",
        kind: "kind",
        rank: 1,
      },
    ];
  });
}
