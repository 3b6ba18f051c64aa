/**
 * A FluxInstance as an applier. The objects of its sync are roots already (`graph/seeds.ts`); its components are not rendered.
 */
import type { KustomizeRequest } from "../engine/protocol.ts";
import type { JsonObject } from "../manifest/json.ts";
import type { BuildInputs } from "./build.ts";
import type { RenderContext } from "./context.ts";

export function instanceInputs(object: JsonObject, context: RenderContext): BuildInputs {
  const id = context.memory.artifactId("flux-instance");
  const request: KustomizeRequest = {
    artifact: id,
    kustomization: { apiVersion: object["apiVersion"], kind: object["kind"], spec: { path: "" } },
    flux: context.options.flux,
    strict: false,
    objects: [],
    assumed: [],
    ageIdentities: [],
    undecryptable: "placeholder",
    remotes: [],
    mode: "exact",
  };
  return {
    key: "flux-instance",
    question: { call: "kustomize", request },
    trees: new Map([[id, empty]]),
  };
}

const empty = { label: "FluxInstance", revision: "", files: new Map() };
