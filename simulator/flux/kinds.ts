/**
 * The table of Flux kinds. Every per-kind fact that more than one room needs is a column here;
 * adding a kind is adding a row and following the compiler. Kinds are named nowhere else but in typed calls.
 */

export interface FluxKind {
  readonly kind: string;
  readonly group: string;
  /** Served versions, newest first. */
  readonly versions: readonly string[];
  readonly plural: string;
  readonly role:
    "source" | "applier" | "generator" | "automation" | "notification" | "instance" | "report";
  /** Field paths that name another object; `[]` stands for every element of a list. */
  readonly references: readonly string[];
  /** How it is suspended: a field, the operator's annotation, or not at all. */
  readonly suspend: "spec" | "annotation" | "none";
  /** Where its inventory of applied objects is, when it has one. */
  readonly inventory?: "status.inventory";
}

const toolkit = "toolkit.fluxcd.io";

/** Sources: API modules of the controllers in Flux 2.9 and the public documentation of flux-operator. */
export const fluxKinds = [
  {
    kind: "GitRepository",
    group: `source.${toolkit}`,
    versions: ["v1", "v1beta2"],
    plural: "gitrepositories",
    role: "source",
    references: ["spec.secretRef", "spec.include[].repository"],
    suspend: "spec",
  },
  {
    kind: "OCIRepository",
    group: `source.${toolkit}`,
    versions: ["v1", "v1beta2"],
    plural: "ocirepositories",
    role: "source",
    references: ["spec.secretRef"],
    suspend: "spec",
  },
  {
    kind: "HelmRepository",
    group: `source.${toolkit}`,
    versions: ["v1", "v1beta2"],
    plural: "helmrepositories",
    role: "source",
    references: ["spec.secretRef"],
    suspend: "spec",
  },
  {
    kind: "HelmChart",
    group: `source.${toolkit}`,
    versions: ["v1", "v1beta2"],
    plural: "helmcharts",
    role: "source",
    references: ["spec.sourceRef"],
    suspend: "spec",
  },
  {
    kind: "Bucket",
    group: `source.${toolkit}`,
    versions: ["v1", "v1beta2"],
    plural: "buckets",
    role: "source",
    references: ["spec.secretRef"],
    suspend: "spec",
  },
  {
    kind: "ExternalArtifact",
    group: `source.${toolkit}`,
    versions: ["v1"],
    plural: "externalartifacts",
    role: "source",
    references: ["spec.sourceRef"],
    suspend: "none",
  },
  {
    kind: "ArtifactGenerator",
    group: "source.extensions.fluxcd.io",
    versions: ["v1beta1"],
    plural: "artifactgenerators",
    role: "generator",
    references: ["spec.sources[]"],
    suspend: "annotation",
    inventory: "status.inventory",
  },
  {
    kind: "Kustomization",
    group: `kustomize.${toolkit}`,
    versions: ["v1", "v1beta2"],
    plural: "kustomizations",
    role: "applier",
    references: [
      "spec.sourceRef",
      "spec.dependsOn[]",
      "spec.postBuild.substituteFrom[]",
      "spec.decryption.secretRef",
      "spec.kubeConfig.secretRef",
    ],
    suspend: "spec",
    inventory: "status.inventory",
  },
  {
    kind: "HelmRelease",
    group: `helm.${toolkit}`,
    versions: ["v2", "v2beta2"],
    plural: "helmreleases",
    role: "applier",
    references: [
      "spec.chart.spec.sourceRef",
      "spec.chartRef",
      "spec.dependsOn[]",
      "spec.valuesFrom[]",
      "spec.kubeConfig.secretRef",
    ],
    suspend: "spec",
    inventory: "status.inventory",
  },
  {
    kind: "ResourceSet",
    group: "fluxcd.controlplane.io",
    versions: ["v1"],
    plural: "resourcesets",
    role: "applier",
    references: ["spec.dependsOn[]", "spec.inputsFrom[]"],
    suspend: "annotation",
    inventory: "status.inventory",
  },
  {
    kind: "ResourceSetInputProvider",
    group: "fluxcd.controlplane.io",
    versions: ["v1"],
    plural: "resourcesetinputproviders",
    role: "generator",
    references: ["spec.secretRef"],
    suspend: "annotation",
  },
  {
    kind: "FluxInstance",
    group: "fluxcd.controlplane.io",
    versions: ["v1"],
    plural: "fluxinstances",
    role: "instance",
    references: [],
    suspend: "annotation",
    inventory: "status.inventory",
  },
  {
    kind: "FluxReport",
    group: "fluxcd.controlplane.io",
    versions: ["v1"],
    plural: "fluxreports",
    role: "report",
    references: [],
    suspend: "none",
  },
  {
    kind: "ImageRepository",
    group: `image.${toolkit}`,
    versions: ["v1", "v1beta2"],
    plural: "imagerepositories",
    role: "automation",
    references: ["spec.secretRef"],
    suspend: "spec",
  },
  {
    kind: "ImagePolicy",
    group: `image.${toolkit}`,
    versions: ["v1", "v1beta2"],
    plural: "imagepolicies",
    role: "automation",
    references: ["spec.imageRepositoryRef"],
    suspend: "spec",
  },
  {
    kind: "ImageUpdateAutomation",
    group: `image.${toolkit}`,
    versions: ["v1", "v1beta2"],
    plural: "imageupdateautomations",
    role: "automation",
    references: ["spec.sourceRef"],
    suspend: "spec",
  },
  {
    kind: "Alert",
    group: `notification.${toolkit}`,
    versions: ["v1beta3"],
    plural: "alerts",
    role: "notification",
    references: ["spec.providerRef", "spec.eventSources[]"],
    suspend: "spec",
  },
  {
    kind: "Provider",
    group: `notification.${toolkit}`,
    versions: ["v1beta3"],
    plural: "providers",
    role: "notification",
    references: ["spec.secretRef"],
    suspend: "spec",
  },
  {
    kind: "Receiver",
    group: `notification.${toolkit}`,
    versions: ["v1"],
    plural: "receivers",
    role: "notification",
    references: ["spec.secretRef", "spec.resources[]"],
    suspend: "spec",
  },
] as const satisfies readonly FluxKind[];

export type FluxKindName = (typeof fluxKinds)[number]["kind"];

const byName: ReadonlyMap<string, FluxKind> = new Map(fluxKinds.map((row) => [row.kind, row]));

/** The row of a kind. */
export function fluxKind(name: FluxKindName): FluxKind {
  const row = byName.get(name);
  if (row === undefined) throw new Error(`the table has no ${name}`);
  return row;
}

/** Whether an object is of this Flux kind, in any served version. */
export function isFluxKind(
  object: { readonly apiVersion: string; readonly kind: string },
  name: FluxKindName,
): boolean {
  return object.kind === name && object.apiVersion.startsWith(`${fluxKind(name).group}/`);
}

/** The row an object belongs to, or `undefined` when it is no Flux object. All Flux kinds are namespaced. */
export function fluxKindOf(object: {
  readonly apiVersion: string;
  readonly kind: string;
}): FluxKind | undefined {
  const row = byName.get(object.kind);
  return row !== undefined && object.apiVersion.startsWith(`${row.group}/`) ? row : undefined;
}

/** `apiVersion` of the newest served version of a kind. */
export function fluxApiVersion(name: FluxKindName): string {
  const row = fluxKind(name);
  return `${row.group}/${row.versions[0] ?? "v1"}`;
}
