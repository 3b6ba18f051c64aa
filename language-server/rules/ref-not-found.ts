/** A reference to an object that nothing here writes, generates or may make. */
import { flux } from "../manifest/flux-names.ts";
import type { Reference } from "../manifest/references.ts";
import { referencesOf } from "../manifest/references.ts";
import { replaceValue } from "../manifest/edits.ts";
import type { Lookup } from "../model/lookup.ts";
import { lookup } from "../model/lookup.ts";
import { resolveReference } from "../model/resolve-reference.ts";
import type { Finding, Fix, Rule, RuleContext } from "./rule.ts";

export const refNotFound: Rule = {
  meta: {
    code: "flux/ref-not-found",
    severity: "warning",
    summary: "A reference names an object that does not exist.",
    roles: ["manifest"],
    needs: "simulation",
    fixable: true,
  },
  *check(context) {
    for (const reference of referencesOf(context.document)) {
      const { kind, optional, field } = reference;
      // Which objects a chart or a controller brings for a health check is not known here.
      if (kind === undefined || optional || isAnyObject(field.kinds, field.use)) continue;
      const found = resolveReference(context, reference, kind);
      if (found.outcome !== "missing" || isOfOtherKind(context, reference)) continue;
      yield toFinding(context, reference, kind, found);
    }
  },
};

function isAnyObject(kinds: Reference["field"]["kinds"], use: Reference["field"]["use"]): boolean {
  return kinds === "written" && use === "object";
}

/** `flux/depends-on-kind` says more about it. */
function isOfOtherKind({ model, document }: RuleContext, { field, name }: Reference): boolean {
  if (field.use !== "wait") return false;
  return [flux.Kustomization, flux.HelmRelease].some(
    (kind) =>
      kind !== document.kind &&
      lookup(model, { kind, name, namespace: undefined }).outcome === "found",
  );
}

function toFinding(
  context: RuleContext,
  reference: Reference,
  kind: string,
  found: Extract<Lookup, { readonly outcome: "missing" }>,
): Finding {
  const { name, nameValue, field } = reference;
  const isData = field.use === "data";
  const similar = found.similar[0];
  return {
    span: nameValue.span,
    ...(isData ? { severity: "information" as const } : {}),
    message: `${messageOf(context, reference, kind)}${similar ? ` Did you mean ${similar.name}?` : ""}`,
    related: found.similar.map((one) => ({
      message: `${one.kind} ${one.name}`,
      at: one,
    })),
    fixes: found.similar.map((one, at): Fix => ({
      title: `Change ${name} to ${one.name}`,
      edits: [replaceValue(nameValue, one.name)],
      preferred: at === 0,
    })),
  };
}

function messageOf({ document }: RuleContext, { name, field }: Reference, kind: string): string {
  switch (field.use) {
    case "source":
      return `There is no ${kind} ${name} in this repository. ${document.kind} ${document.name} waits for it. Create it or correct the name.`;
    case "wait":
      return `There is no ${kind} ${name} to depend on, so ${document.kind} ${document.name} is never reconciled. Correct the name or remove it.`;
    case "data":
      return `${kind} ${name} is not written in this repository. It has to exist on the cluster${document.kind === flux.Kustomization ? " before the build" : ""}.`;
    case "object":
      return `There is no ${kind} ${name} in this repository. Create it or correct the name.`;
  }
}
