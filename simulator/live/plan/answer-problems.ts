/** What the cluster said no to, and what it did not answer, as problems. */
import { discreet } from "../../diff/discreet.ts";
import { refTitle } from "../../flux/object-ref.ts";
import type { Place, Problem } from "../../records.ts";
import type { Ledger, Refusal, Unanswered } from "./ledger.ts";
import { withoutSecrets } from "./secrets.ts";
import type { SecretValues } from "./secrets.ts";
import type { Subject } from "./subject.ts";

export async function refusalProblem(
  { item, message, isImmutable, lostFor }: Refusal,
  place: Place | undefined,
  { applier, secrets }: { readonly applier: string; readonly secrets: SecretValues },
): Promise<Problem> {
  const said = async (text: string): Promise<string> => {
    const words = await withoutSecrets(discreet(text), secrets);
    return `${words}${/[.!?]$/.test(words) ? "" : "."}`;
  };
  const remedy = isImmutable
    ? " Give the object another name, delete it by hand, or allow it to be created anew (annotation kustomize.toolkit.fluxcd.io/force: enabled)."
    : "";
  const end =
    lostFor === undefined
      ? remedy
      : ` Force is on, so it is deleted, and the new one is refused as well: ${await said(lostFor)}`;
  return {
    code: "live-refused",
    severity: "error",
    message: `The API server refuses ${refTitle(item.ref)}: ${await said(message)}${end}`,
    applier,
    object: item.ref,
    ...(place === undefined ? {} : { place }),
  };
}

const reasons = {
  forbidden: "asking about them is not allowed",
  "unknown-kind": "the cluster does not know their kinds",
  lost: "the connection was lost",
} as const satisfies Record<Unanswered["reason"], string>;

/** One problem for each reason, and one for what could not be read at all. */
export function unansweredProblems(
  ledger: Ledger,
  { node }: Pick<Subject, "node">,
): readonly Omit<Problem, "place">[] {
  const title = refTitle(node.spec);
  const found = (["forbidden", "unknown-kind", "lost"] as const).flatMap((reason) => {
    const some = ledger.unanswered.filter((one) => one.reason === reason);
    if (some.length === 0) return [];
    const names = some.map(({ item }) => refTitle(item.ref));
    const count = some.length === 1 ? "1 object" : `${some.length} objects`;
    const shown = `${names.slice(0, 3).join(", ")}${names.length > 3 ? " and others" : ""}`;
    const message = `${count} of ${title} could not be compared with the cluster, because ${reasons[reason]}: ${shown}.`;
    return [unanswered(message, node.id)];
  });
  const unread =
    ledger.unread === 0
      ? []
      : [
          unanswered(
            `What ${title} has on the cluster could not be read completely, so the plan may lack deletions.`,
            node.id,
          ),
        ];
  return [...found, ...unread];
}

/** `why` follows "because". */
export function elsewhereProblem({ node, spec }: Subject, why: string): Omit<Problem, "place"> {
  const message = `${refTitle(node.spec)} applies to another cluster (kubeConfig ${spec.remoteCluster ?? ""}), which was not asked, because ${why}: what changes there is not part of the plan.`;
  return { ...unanswered(message, node.id), severity: "information" };
}

function unanswered(message: string, applier: string): Omit<Problem, "place"> {
  return { code: "live-unanswered", severity: "warning", message, applier };
}
