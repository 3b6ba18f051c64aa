/** Data goes with an object that is pruned, uninstalled, or deleted to be created again. */
import { refTitle } from "../../flux/object-ref.ts";
import { lossOf } from "./data-kinds.ts";
import { fateOf } from "./fate.ts";
import { about, shown } from "./rule.ts";
import type { ChangedObject, Finding, RiskContext, RiskRule } from "./rule.ts";

export const dataLoss: RiskRule = {
  code: "risk/data-loss",
  summary: "Data goes with an object that is deleted or created anew.",
  *find(context) {
    yield* deletions(context);
    yield* recreations(context);
  },
};

function* deletions({ objects }: RiskContext): Generator<Finding> {
  for (const changed of objects) {
    const { kind, ref } = changed.change;
    const isReplaced = kind === "recreated" && isOfReplacedRelease(changed);
    const loss = kind === "deleted" || isReplaced ? lossOf(ref, shown(changed.base)) : undefined;
    if (loss === undefined) continue;
    if (isReplaced) {
      yield about(
        changed,
        loss.severity,
        `${refTitle(ref)} is deleted and created anew with its release: ${loss.consequence}. Keep the name, namespace and chart of the release, or move the data first.`,
      );
      continue;
    }
    if (changed.lostFor !== undefined) {
      yield about(
        changed,
        loss.severity,
        `${refTitle(ref)} is deleted by force: ${loss.consequence}. Mend the manifest before it is pushed, or turn force off.`,
      );
      continue;
    }
    const message = `${refTitle(ref)} is deleted: ${loss.consequence}. To keep it, give it the annotation kustomize.toolkit.fluxcd.io/prune: disabled (helm.sh/resource-policy: keep in a chart) and push that before it leaves the repository.`;
    yield about(changed, loss.severity, message);
  }
}

/** Only a release that is replaced makes objects anew for no reason of their own. */
function isOfReplacedRelease({ part, recreatedFor }: ChangedObject): boolean {
  return part === "template" && recreatedFor?.length === 0;
}

function* recreations(context: RiskContext): Generator<Finding> {
  for (const changed of context.objects) {
    const fate = fateOf(changed, context);
    if (fate.outcome !== "recreated") continue;
    const { ref } = changed.change;
    const loss = lossOf(ref, shown(changed.base));
    if (loss === undefined) continue;
    const message = `${refTitle(ref)} is deleted and created anew, because ${fate.fields.join(", ")} can't be changed: ${loss.consequence}. Make another object with another name and move the data first.`;
    yield about(changed, loss.severity, message);
  }
}
