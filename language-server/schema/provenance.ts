/** Says in words where a schema comes from, for hovers and the status bar. */
import type { PackName, Provenance } from "./catalog.ts";

export function describeProvenance(provenance: Provenance): string {
  switch (provenance.from) {
    case "workspace":
      return `${provenance.path}, line ${provenance.line}`;
    case "cluster":
      return `cluster ${provenance.name}`;
    case "bundled":
      return describePack(provenance.pack, provenance.version);
  }
}

/** `Flux 2.9`, `Kubernetes 1.36`: the name of a project with one of its versions. */
export function describePack(pack: PackName, version: string): string {
  switch (pack) {
    case "flux":
      return `Flux ${version}`;
    case "kubernetes":
      return `Kubernetes ${version}`;
    case "gateway-api":
      return `Gateway API ${version}`;
    case "flagger":
      return `Flagger ${version}`;
    case "kustomize":
      return `kustomize ${version}`;
    case "flux-operator":
      return "flux-operator (outline)";
  }
}
