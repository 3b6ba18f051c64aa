/** A base that kustomize fetches from elsewhere during the build. */
import type { Rule } from "./rule.ts";

export const remoteBase: Rule = {
  meta: {
    code: "kustomize/remote-base",
    severity: "information",
    summary: "A kustomization.yaml fetches from the network during the build.",
    roles: ["kustomization"],
    needs: "workspace",
    fixable: false,
  },
  *check({ file, model }) {
    for (const { remote, value, target } of model.graph.kustomizations.get(file.path)?.entries ??
      []) {
      if (!remote) continue;
      const isPinned = /[?&](?:ref|version)=|\/v?\d+\.\d+|\/[0-9a-f]{40}\b/.test(target);
      yield {
        span: value.span,
        message: `The build fetches this each time, so it fails when the server does not answer${isPinned ? "" : ", and changes whenever its content does"}. A Flux source of its own is cached and verified.`,
      };
    }
  },
};
