/** Receivers whose authentication or resources can't work. Source: `fluxcd/notification-controller api/v1/receiver_types.go`. */
import { fluxKinds, isFluxKind } from "#simulator";

import { replaceValue } from "../manifest/edits.ts";
import { flux } from "../manifest/flux-names.ts";
import { mayBePatched } from "../model/patched.ts";
import { closest } from "../schema/similar.ts";
import type { Rule } from "./rule.ts";

export const receiver: Rule = {
  meta: {
    code: "flux/receiver",
    severity: "error",
    summary: "A Receiver that can't be called, or triggers nothing.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: true,
  },
  *check({ document, root, model, file }) {
    if (!isFluxKind(document, flux.Receiver)) return;
    const spec = root.get("spec");
    const type = spec?.get("type");
    if (!spec || !type?.text) return;
    const secret = spec.get("secretRef");
    const isOidc = type.text === "generic-oidc";
    if (!isOidc && !secret && !mayBePatched(model.graph, file.path, document))
      yield {
        span: type.span,
        message: `A Receiver of type ${type.text} needs spec.secretRef with a token, so it is never ready.`,
      };
    if (isOidc && secret)
      yield {
        span: secret.keySpan ?? secret.span,
        severity: "warning",
        message:
          "A Receiver of type generic-oidc is authenticated by the caller's token; secretRef is not heard.",
      };
    for (const resource of spec.get("resources")?.items ?? []) {
      const kind = resource.get("kind");
      if (kind?.text === undefined || kind.text.includes("${") || kinds.includes(kind.text))
        continue;
      const [similar] = closest(kind.text, kinds);
      yield {
        span: kind.span,
        message: `A Receiver can't trigger a ${kind.text}.${similar === undefined ? "" : ` Did you mean ${similar}?`}`,
        fixes:
          similar === undefined
            ? []
            : [
                {
                  title: `Change to ${similar}`,
                  edits: [replaceValue(kind, similar)],
                  preferred: true,
                },
              ],
      };
    }
  },
};

const kinds: readonly string[] = fluxKinds.map(({ kind }) => kind);
