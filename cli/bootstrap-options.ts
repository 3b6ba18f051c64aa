/** The options of `sluice bootstrap` alone, as a part of the table in options.ts. */
import type { OptionSpec } from "./options.ts";

export const bootstrapOptions = [
  {
    name: "url",
    value: "URL",
    verbs: ["bootstrap"],
    group: "bootstrap",
    help: "address of the source that the cluster follows: https://…, ssh://… or oci://…",
  },
  {
    name: "branch",
    value: "NAME",
    verbs: ["bootstrap"],
    group: "bootstrap",
    help: "branch of a Git repository (default: main)",
  },
  {
    name: "tag",
    value: "NAME",
    verbs: ["bootstrap"],
    group: "bootstrap",
    help: "tag of an OCI artifact (default: latest)",
  },
  {
    name: "namespace",
    value: "NAME",
    verbs: ["bootstrap"],
    group: "bootstrap",
    help: "namespace of Flux (default: flux-system)",
  },
  {
    name: "components",
    value: "NAME,…",
    repeatable: true,
    verbs: ["bootstrap"],
    group: "bootstrap",
    help: "controllers to install (default: source, kustomize, helm and notification)",
  },
  {
    name: "components-extra",
    value: "NAME,…",
    repeatable: true,
    verbs: ["bootstrap"],
    group: "bootstrap",
    complete: ["image-reflector-controller", "image-automation-controller", "source-watcher"],
    help: "controllers to install besides",
  },
  {
    name: "registry",
    value: "HOST/PATH",
    verbs: ["bootstrap"],
    group: "bootstrap",
    help: "registry of the controllers' images (default: ghcr.io/fluxcd)",
  },
  {
    name: "secret-name",
    value: "NAME",
    verbs: ["bootstrap"],
    group: "bootstrap",
    help: "Secret with the credentials of the source (default: the namespace's name for Git, none for OCI)",
  },
  {
    name: "interval",
    value: "DURATION",
    verbs: ["bootstrap"],
    group: "bootstrap",
    help: "how often Flux looks at the source, for example 5m (default: 1m)",
  },
  {
    name: "write",
    verbs: ["bootstrap"],
    group: "bootstrap",
    help: "write the files",
  },
] as const satisfies readonly OptionSpec[];
