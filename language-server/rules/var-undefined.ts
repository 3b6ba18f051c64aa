/** A variable that a Flux Kustomization substitutes, and that nothing sets. */
import { insertAfter } from "../manifest/edits.ts";
import { positionAt } from "../manifest/manifest-file.ts";
import type { VariableSite } from "../manifest/variable-sites.ts";
import { isSubstitutionDisabled, variableSites } from "../manifest/variable-sites.ts";
import type { FluxKustomization } from "../model/flux-kustomization.ts";
import { partOf } from "../model/flux-kustomization.ts";
import { substitutionOf } from "../model/substitution.ts";
import { closest } from "../schema/similar.ts";
import type { Edit, Finding, Fix, Rule, RuleContext } from "./rule.ts";

export const varUndefined: Rule = {
  meta: {
    code: "flux/var-undefined",
    severity: "error",
    summary: "A variable is not defined for the Kustomization that substitutes it.",
    roles: ["manifest", "patch"],
    needs: "simulation",
    fixable: true,
  },
  *check(context) {
    const { document, file, model } = context;
    const { sites, faults } = variableSites(document);
    const open = sites.filter(({ hasDefault }) => !hasDefault);
    if (open.length === 0 || faults.length > 0 || isSubstitutionDisabled(document)) return;
    const owners = model.graph.reachesOf(file.path).flatMap(({ owner }) => (owner ? [owner] : []));
    for (const site of open) {
      const owner = owners.find((one) => unsetBy(context, one, site.name));
      if (owner) yield toFinding(context, site, owner);
    }
  },
};

/** The simulation knows; without it only what the text leaves no doubt about. */
function unsetBy(
  { model }: RuleContext,
  owner: FluxKustomization,
  name: string,
): "simulation" | "text" | undefined {
  const { variables, isComplete, isActive } = substitutionOf(model, owner);
  const { truth } = model;
  const appliers = truth?.appliersOf(owner.file, owner.part.document.kind, owner.name) ?? [];
  if (truth && appliers.length > 0) {
    const mark = `variable not set (strict mode): "${name}"`;
    const failed = appliers.flatMap((id) => truth.problemsOf(id));
    if (failed.some(({ message }) => message.includes(mark))) return "simulation";
    // A build stops at the first variable; it says nothing of the others, but where it went through there are none.
    if (model.strictVariables && failed.every(({ severity }) => severity !== "error"))
      return undefined;
  }
  return isComplete && isActive === true && !variables.has(name) ? "text" : undefined;
}

/** Without a word about the version in the repository it may be an older Flux, unless the simulation had one that fails. */
function isCertain(context: RuleContext, owner: FluxKustomization, name: string): boolean {
  const { strictVariables, fluxIsKnown } = context.model;
  return strictVariables && (fluxIsKnown || unsetBy(context, owner, name) === "simulation");
}

function toFinding(context: RuleContext, site: VariableSite, owner: FluxKustomization): Finding {
  const { model } = context;
  const { name, span } = site;
  const { variables } = substitutionOf(model, owner);
  const [similar] = closest(name, [...variables.keys()]);
  const consequence = model.strictVariables
    ? "kustomize-controller fails the build"
    : "it becomes empty";
  const hint = similar === undefined ? "" : ` Did you mean ${similar}?`;
  return {
    span,
    ...(isCertain(context, owner, name) ? {} : { severity: "warning" as const }),
    message: `Variable ${name} is not defined for Kustomization ${owner.name}: ${consequence}.${hint} Define it, give it a default \${${name}:=…}, or escape it as $\${${name}}.`,
    related: [
      {
        message: `Kustomization ${owner.name}`,
        at: { path: owner.file, line: lineOfOwner(context, owner) },
      },
    ],
    fixes: fixesOf(context, site, owner, similar),
  };
}

function lineOfOwner({ model }: RuleContext, owner: FluxKustomization): number {
  const file = model.manifest(owner.file);
  const { start } = partOf(file, owner);
  const offset = start + (owner.root.at("metadata", "name")?.span[0] ?? 0);
  return file ? positionAt(file, offset).line : 0;
}

function fixesOf(
  { document, file, model }: RuleContext,
  { name, span, nameSpan }: VariableSite,
  owner: FluxKustomization,
  similar: string | undefined,
): readonly Fix[] {
  const end: Edit["span"] = [span[1] - 1, span[1] - 1];
  const define = owner.file === file.path ? undefined : defineIn(model, owner, name);
  const isNested = variableSites(document).sites.some(
    (other) => other.span[0] < span[0] && other.span[1] > span[0],
  );
  return [
    ...(similar === undefined
      ? []
      : [
          {
            title: `Change to ${similar}`,
            edits: [{ span: nameSpan, text: similar }],
            preferred: true,
          },
        ]),
    ...(define
      ? [{ title: `Define ${name} in Kustomization ${owner.name}`, edits: [define] }]
      : []),
    { title: "Give it an empty default", edits: [{ span: end, text: ":=" }] },
    // Inside of a default a second dollar sign escapes nothing.
    ...(isNested
      ? []
      : [
          {
            title: `Escape it as $\${${name}}`,
            edits: [{ span: [span[0], span[0]], text: "$" } as const],
          },
        ]),
  ];
}

/** Behind the last variable that is written there. */
function defineIn(
  model: RuleContext["model"],
  owner: FluxKustomization,
  name: string,
): Edit | undefined {
  const last = owner.root.at("spec", "postBuild", "substitute")?.entries.at(-1)?.value;
  if (!last) return undefined;
  const { span, text } = insertAfter(owner.part.document, last, `${name}: ""`);
  const { start } = partOf(model.manifest(owner.file), owner);
  return { path: owner.file, span: [start + span[0], start + span[1]], text };
}
