/** The table of risks, and the risks of one cluster's plan. Adding a risk is adding a file, a row, a section in docs/risks and a test. */
import type { ApplierRecord, Place, Risk } from "../../records.ts";
import { apiRemoved } from "./api-removed.ts";
import { chartValues } from "./chart-values.ts";
import { dataLoss } from "./data-loss.ts";
import { forceDeletes } from "./force-deletes.ts";
import { immutableField } from "./immutable-field.ts";
import { notApplied } from "./not-applied.ts";
import { pruneByMove } from "./prune-by-move.ts";
import { rbacWidened } from "./rbac-widened.ts";
import { releaseReplaced } from "./release-replaced.ts";
import { replicasZero } from "./replicas-zero.ts";
import type { Finding, RiskContext, RiskRule } from "./rule.ts";
import { secretPlaintext } from "./secret-plaintext.ts";
import { bySeverity } from "./severity.ts";
import { suppressionOf } from "./suppression.ts";
import { twoOwners } from "./two-owners.ts";
import { versionBackwards } from "./version-backwards.ts";
import { webhookFail } from "./webhook-fail.ts";

/** In the order in which they are shown among equals. */
export const riskRules = [
  dataLoss,
  releaseReplaced,
  pruneByMove,
  immutableField,
  forceDeletes,
  secretPlaintext,
  rbacWidened,
  webhookFail,
  apiRemoved,
  replicasZero,
  versionBackwards,
  notApplied,
  chartValues,
  twoOwners,
] as const satisfies readonly RiskRule[];

/** The worst first; equals by rule, applier and object. */
export function findRisks(context: RiskContext): readonly Risk[] {
  const records = new Map(context.appliers.map(({ applier }) => [applier.id, applier]));
  return riskRules
    .flatMap(({ code, find }) =>
      [...find(context)].map((finding) => toRisk(code, finding, records, context)),
    )
    .sort(bySeverity);
}

function toRisk(
  code: Risk["code"],
  finding: Finding,
  records: ReadonlyMap<string, ApplierRecord>,
  context: RiskContext,
): Risk {
  const { severity, message, applier, object } = finding;
  const place = placeOf(finding, records);
  const { isPossible, by } = suppressionOf(code, finding, place, context);
  return {
    code,
    severity,
    message,
    applier,
    ...(object === undefined ? {} : { object }),
    ...(place === undefined ? {} : { place }),
    docs: docsOf(code),
    suppressible: isPossible,
    ...(by === undefined ? {} : { suppressed: by }),
  };
}

/** The page of all risks, at the section of one. */
function docsOf(code: Risk["code"]): string {
  return `docs/risks/README.md#${code.replace("/", "")}`;
}

/** Where it is written; of what is gone, where its applier is. */
function placeOf(
  { place, changed, applier }: Finding,
  records: ReadonlyMap<string, ApplierRecord>,
): Place | undefined {
  return place ?? changed?.change.origin ?? records.get(applier)?.origin;
}
