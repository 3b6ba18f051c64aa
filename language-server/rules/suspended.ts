/** `suspend: true` in the repository: easily forgotten. */
import { fluxKindOf } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { removeField } from "../manifest/edits.ts";
import type { Rule } from "./rule.ts";

export const suspended: Rule = {
  meta: {
    code: "flux/suspended",
    severity: "information",
    summary: "An object is suspended in the repository.",
    roles: ["manifest", "patch"],
    needs: "document",
    fixable: true,
  },
  *check({ document, root }) {
    const value = root.at("spec", "suspend");
    if (value?.flag !== true || document.group === "" || fluxKindOf(document)?.suspend !== "spec")
      return;
    // An old kind of Alert had the field without meaning.
    if (document.kind === flux.Alert && document.version !== "v1beta2") return;
    yield {
      span: [value.keySpan?.[0] ?? value.span[0], value.span[1]],
      message: `${document.kind} ${document.name} is suspended: nothing that is pushed changes what it does until this is removed.`,
      fixes: [{ title: "Resume", edits: [removeField(document, value)], preferred: true }],
    };
  },
};
