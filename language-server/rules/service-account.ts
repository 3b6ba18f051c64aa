/** An applier of a tenant without a service account, where the controllers take rights away by default. */
import { isFluxKind } from "#simulator";

import { insertAfter } from "../manifest/edits.ts";
import { flux } from "../manifest/flux-names.ts";
import { namespacesOf } from "../model/namespaces.ts";
import { mayBePatched } from "../model/patched.ts";
import type { Rule } from "./rule.ts";

export const serviceAccount: Rule = {
  meta: {
    code: "flux/service-account",
    severity: "warning",
    summary: "A tenant's applier names no service account, although tenants are locked in.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: true,
  },
  *check({ document, root, file, model }) {
    const isApplier =
      isFluxKind(document, flux.Kustomization) || isFluxKind(document, flux.HelmRelease);
    const spec = root.get("spec");
    if (!isApplier || !spec || spec.get("serviceAccountName") || spec.get("kubeConfig")) return;
    const lockdown = model.lockdown;
    if (!lockdown || mayBePatched(model.graph, file.path, document)) return;
    const namespaces = namespacesOf(model, file.path, document);
    if (!namespaces || namespaces.includes("flux-system")) return;
    const first = spec.entries[0]?.value;
    yield {
      span: root.at("metadata", "name")?.span ?? root.span,
      message: `Tenants are locked in here, and ${document.kind} ${document.name} names no service account: it runs with the rights of ${namespaces[0] ?? ""}/default, which are usually none. Set spec.serviceAccountName.`,
      related: [{ message: "locked in here", at: lockdown }],
      fixes: first
        ? [
            {
              title: `Set serviceAccountName: ${namespaces[0] ?? "default"}`,
              edits: [
                insertAfter(document, first, `serviceAccountName: ${namespaces[0] ?? "default"}`),
              ],
            },
          ]
        : [],
    };
  },
};
