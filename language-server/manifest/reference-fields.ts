/**
 * Which fields of Flux objects name other objects, which kinds they may name, and whether they take a namespace.
 * Source: the `api` modules of the controllers in Flux 2.9 (`…_types.go`), and public documentation of flux-operator.
 */
import type { FluxKindName } from "#simulator";

import { flux } from "./flux-names.ts";

export interface ReferenceField {
  /** From the root; `[]` stands for every element of a list. */
  readonly path: readonly string[];
  /** Kinds it may name; `written` means that a `kind` field says which. */
  readonly kinds: readonly string[] | "written";
  /** Whether its own `namespace` field is heard; otherwise the namespace is the object's. */
  readonly namespace: "field" | "own";
  /** `wait`: the object waits for it. `data`: a ConfigMap or Secret. */
  readonly use: "source" | "wait" | "data" | "object";
}

const secret = ["Secret"];
const configMap = ["ConfigMap"];
const data = ["ConfigMap", "Secret"];

function field(
  path: string,
  kinds: ReferenceField["kinds"],
  use: ReferenceField["use"],
  namespace: ReferenceField["namespace"] = use === "data" ? "own" : "field",
): ReferenceField {
  return { path: path.split("."), kinds, use, namespace };
}

const secrets = (...paths: readonly string[]): readonly ReferenceField[] =>
  paths.map((path) => field(path, secret, "data"));

const fetching = secrets(
  "spec.secretRef",
  "spec.certSecretRef",
  "spec.proxySecretRef",
  "spec.verify.secretRef",
);
const remote = [
  ...secrets("spec.kubeConfig.secretRef"),
  field("spec.kubeConfig.configMapRef", configMap, "data"),
];
const kustomizationSources = [
  flux.GitRepository,
  flux.OCIRepository,
  flux.Bucket,
  flux.ExternalArtifact,
];

export const referenceFields: Readonly<Record<FluxKindName, readonly ReferenceField[]>> = {
  Kustomization: [
    field("spec.sourceRef", kustomizationSources, "source"),
    field("spec.dependsOn.[]", [flux.Kustomization], "wait"),
    field("spec.healthChecks.[]", "written", "object"),
    field("spec.postBuild.substituteFrom.[]", data, "data"),
    ...secrets("spec.decryption.secretRef"),
    ...remote,
  ],
  HelmRelease: [
    field(
      "spec.chart.spec.sourceRef",
      [flux.HelmRepository, flux.GitRepository, flux.Bucket],
      "source",
    ),
    ...secrets("spec.chart.spec.verify.secretRef"),
    field("spec.chartRef", [flux.OCIRepository, flux.HelmChart, flux.ExternalArtifact], "source"),
    field("spec.dependsOn.[]", [flux.HelmRelease], "wait"),
    field("spec.valuesFrom.[]", data, "data"),
    ...remote,
  ],
  GitRepository: [
    ...fetching,
    field("spec.include.[].repository", [flux.GitRepository], "source", "own"),
  ],
  OCIRepository: fetching,
  HelmRepository: fetching,
  HelmChart: [
    field(
      "spec.sourceRef",
      [flux.HelmRepository, flux.GitRepository, flux.Bucket],
      "source",
      "own",
    ),
    ...secrets("spec.verify.secretRef"),
  ],
  Bucket: [...fetching, ...secrets("spec.sts.secretRef", "spec.sts.certSecretRef")],
  ExternalArtifact: [],
  ArtifactGenerator: [field("spec.sources.[]", "written", "source")],
  ResourceSet: [
    field("spec.dependsOn.[]", "written", "wait"),
    field("spec.inputsFrom.[]", [flux.ResourceSetInputProvider], "object", "own"),
  ],
  ResourceSetInputProvider: secrets("spec.secretRef", "spec.certSecretRef"),
  FluxInstance: [],
  FluxReport: [],
  ImageRepository: fetching,
  ImagePolicy: [field("spec.imageRepositoryRef", [flux.ImageRepository], "source")],
  ImageUpdateAutomation: [field("spec.sourceRef", [flux.GitRepository], "source")],
  Alert: [
    field("spec.providerRef", [flux.Provider], "object", "own"),
    field("spec.eventSources.[]", "written", "object"),
  ],
  Provider: secrets("spec.secretRef", "spec.certSecretRef", "spec.proxySecretRef"),
  Receiver: [...secrets("spec.secretRef"), field("spec.resources.[]", "written", "object")],
};
