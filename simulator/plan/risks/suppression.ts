/**
 * Risks that somebody has looked at: by an annotation on the object or on an applier above it, by a comment where it is written, or by
 * what the user of the plan says. A risk that is silenced stays in the plan and says by what.
 */
import { headlines } from "../../manifest/headlines.ts";
import { objectAt } from "../../manifest/json.ts";
import type { FileTree } from "../../ports.ts";
import type { Place, Plan, Risk, RiskCode, RiskSeverity } from "../../records.ts";
import type { RenderedNode } from "../../render/cluster.ts";
import type { Finding, RiskContext } from "./rule.ts";
import { bySeverity } from "./severity.ts";

/** `sluice/allow-risk: data-loss, replicas-zero`, or `*`. */
const allowAnnotation = "sluice/allow-risk";

interface Suppression {
  /** Something in the repository can silence it. */
  readonly isPossible: boolean;
  readonly by?: "annotation" | "comment";
}

export function suppressionOf(
  code: RiskCode,
  { applier, changed }: Finding,
  place: Place | undefined,
  context: RiskContext,
): Suppression {
  const isPossible = place !== undefined || changed !== undefined;
  const own = changed?.target ?? changed?.base;
  const objects = [own?.exact, ...appliersAbove(applier, context)];
  const isAnnotated = objects.some((object) =>
    isAllowed(code, objectAt(object, "metadata", "annotations")[allowAnnotation]),
  );
  if (isAnnotated) return { isPossible: true, by: "annotation" };
  return place !== undefined && isCommented(code, place, context.tree)
    ? { isPossible, by: "comment" }
    : { isPossible };
}

/** The applier and those above it; of what has left the repository, as it was. */
function* appliersAbove(id: string, { node }: RiskContext): Generator {
  const seen = new Set<string>();
  for (let at: string | undefined = id; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const found: RenderedNode | undefined = node("target", at) ?? node("base", at);
    yield found?.object;
    at = found?.parent;
  }
}

function isAllowed(code: RiskCode, value: unknown): boolean {
  return typeof value === "string" && value.split(/[\s,]+/).some((word) => meansRisk(word, code));
}

/** `data-loss`, `risk/data-loss`, `risk/*` or `*`. */
function meansRisk(word: string, code: RiskCode): boolean {
  return word === "*" || word === "risk/*" || word === code || `risk/${word}` === code;
}

/**
 * `# sluice-ignore risk/data-loss` in the text of the object or in the line above it, `# sluice-ignore-file …` anywhere in its file: the
 * comments that silence rules. Without a code all are meant.
 */
function isCommented(code: RiskCode, { path, line }: Place, tree: FileTree): boolean {
  const bytes = tree.files.get(path)?.bytes;
  const text = bytes === undefined ? "" : new TextDecoder().decode(bytes);
  if (!text.includes("sluice-ignore")) return false;
  const lines = text.split("\n");
  const object = headlines(text).find(
    (one) => line !== undefined && one.line <= line && line <= one.endLine,
  );
  return lines.some((content, index) => {
    const match = /#\s*sluice-ignore(-file)?(?:[\s:]+([^#]*))?$/.exec(content.trimEnd());
    if (match === null || !namesCode(match[2] ?? "", code)) return false;
    if (match[1] !== undefined) return true;
    const at = index + 1;
    return object === undefined ? at === line : at >= object.line - 1 && at <= object.endLine;
  });
}

function namesCode(words: string, code: RiskCode): boolean {
  const codes = words.split(/[\s,]+/).filter((word) => word.includes("/") || word === "*");
  return codes.length === 0 || codes.some((word) => meansRisk(word, code));
}

/** How loud a risk is to be: `off` silences it. By code, or `risk/*`; the code itself wins. */
export type RiskSettings = Readonly<Record<string, RiskSeverity | "off">>;

/** The plan with the severities that its user wants. */
export function withRiskSettings(plan: Plan, settings: RiskSettings): Plan {
  if (plan.risks === undefined || Object.keys(settings).length === 0) return plan;
  const risks = plan.risks
    .map((risk): Risk => {
      const wish = settings[risk.code] ?? settings["risk/*"];
      if (wish === undefined) return risk;
      if (wish !== "off") return { ...risk, severity: wish };
      return { ...risk, suppressed: risk.suppressed ?? "setting" };
    })
    .sort(bySeverity);
  return { ...plan, risks };
}
