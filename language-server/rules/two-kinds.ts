/** The two Kustomizations mixed up: Flux's own in a kustomization.yaml, or kustomize's where Flux's was meant. */
import { replaceValue } from "../manifest/edits.ts";
import { flux, fluxGroup, kustomizeGroup } from "../manifest/flux-names.ts";
import { isKustomizationPath } from "../model/kustomization-file.ts";
import type { Rule } from "./rule.ts";

export const twoKinds: Rule = {
  meta: {
    code: "kustomize/two-kinds",
    severity: "error",
    summary: "Flux's Kustomization and kustomize's are mixed up.",
    roles: ["manifest", "kustomization"],
    needs: "document",
    fixable: true,
  },
  *check({ document, root, file }) {
    const value = root.get("apiVersion");
    if (!value || document.kind !== flux.Kustomization) return;
    const looksLikeFlux = root.get("spec") !== undefined;
    const looksLikeKustomize = ["resources", "patches", "components", "namespace"].some(
      (key) => root.get(key) !== undefined,
    );
    const isFlux = document.group === fluxGroup(flux.Kustomization);
    if (document.group === kustomizeGroup && looksLikeFlux && !looksLikeKustomize) {
      const right = `${fluxGroup(flux.Kustomization)}/v1`;
      yield {
        span: value.span,
        message: `This has a spec, so Flux's Kustomization is meant, but the group is kustomize's: nothing reconciles it. Change it to ${right}.`,
        fixes: [
          { title: `Change to ${right}`, edits: [replaceValue(value, right)], preferred: true },
        ],
      };
    } else if (isFlux && !looksLikeFlux && looksLikeKustomize) {
      const right = `${kustomizeGroup}/v1beta1`;
      yield {
        span: value.span,
        message: `This is a list for kustomize, but the group is Flux's: the build fails. Change it to ${right}.`,
        fixes: [
          { title: `Change to ${right}`, edits: [replaceValue(value, right)], preferred: true },
        ],
      };
    } else if (isFlux && looksLikeFlux && isKustomizationPath(file.path)) {
      yield {
        span: value.span,
        message:
          "kustomize reads every file with this name as its own, so the build fails. Give Flux's Kustomization another file, for example ks.yaml.",
      };
    }
  },
};
