/** Names, labels and annotations as the API server takes them (`k8s.io/apimachinery pkg/api/validation`). */
import { replaceValue } from "../manifest/edits.ts";
import type { Entry, Value } from "../manifest/value.ts";
import { isTemplated } from "../model/object-index.ts";
import { mayBePatched } from "../model/patched.ts";
import { schemaFindings } from "../model/schema-findings.ts";
import { readScalar } from "../schema/scalar.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

export const metadata: Rule = {
  meta: {
    code: "k8s/metadata",
    severity: "error",
    summary: "A name, a label or an annotation that the API server refuses.",
    roles: ["manifest", "patch", "encrypted"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    const own = context.root.get("metadata");
    if (!own) return;
    if (!isRenamed(context)) yield* nameFindings(context, own);
    for (const field of ["labels", "annotations"]) {
      const entries = own.get(field)?.entries ?? [];
      for (const entry of entries) yield* entryFindings(context, field, entry);
      const size = entries.reduce(
        (sum, { key, value }) => sum + key.length + (value.scalar ?? "").length,
        0,
      );
      if (field === "annotations" && size > maxAnnotations)
        yield {
          span: own.get(field)?.keySpan ?? own.span,
          message: `The annotations are ${size} bytes, and the API server takes ${maxAnnotations} at most.`,
        };
    }
  },
};

/** A transformer or a patch on the way gives another name: the name of a Namespace is given like any namespace. */
function isRenamed({ document, file, model }: RuleContext): boolean {
  const reaches = model.graph.reachesOf(file.path);
  if (document.kind === "Namespace" && reaches.some(({ namespace }) => namespace !== undefined))
    return true;
  return mayBePatched(model.graph, file.path, document);
}

/** A transformer or a targetNamespace gives another namespace, whatever is written. */
function isMoved({ file, model }: RuleContext): boolean {
  return model.graph.reachesOf(file.path).some(({ namespace }) => namespace !== undefined);
}

const maxAnnotations = 262_144;
/** Roles and bindings may be named by any path segment; these kinds are checked by nobody else here. */
const freeNames = new Set(["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"]);
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

function* nameFindings(context: RuleContext, own: Value): Generator<Finding> {
  const { document } = context;
  for (const field of isMoved(context) ? ["name"] : ["name", "namespace"]) {
    const value = own.get(field);
    const text = value?.scalar;
    if (!value || text === undefined || text === "" || value.isNull || isTemplated(text)) continue;
    if (freeNames.has(document.kind) && field === "name") continue;
    const most = field === "namespace" ? 63 : 253;
    if (subdomain.test(text) && text.length <= most && (field === "name" || !text.includes(".")))
      continue;
    const better = text
      .toLowerCase()
      .replaceAll(field === "name" ? /[^a-z0-9.-]+/g : /[^a-z0-9-]+/g, "-")
      .replaceAll(/^[-.]+|[-.]+$/g, "")
      .slice(0, most);
    yield {
      span: value.span,
      message: `${text} can't be a ${field}: the API server takes small letters, digits and -, at most ${most} of them.`,
      fixes:
        better === "" || !subdomain.test(better)
          ? []
          : [
              {
                title: `Change to ${better}`,
                edits: [replaceValue(value, better)],
                preferred: true,
              },
            ],
    };
  }
}

const qualified =
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

function* entryFindings(
  context: RuleContext,
  field: string,
  { key, keySpan, value }: Entry,
): Generator<Finding> {
  if (!isTemplated(key) && !qualified.test(field === "annotations" ? key.toLowerCase() : key))
    yield {
      span: keySpan,
      message: `${key} can't be a key: it is a name of at most 63 letters, digits, -, _ and ., with a domain and a slash before it at most.`,
    };
  const text = value.scalar;
  if (text === undefined || isTemplated(text)) return;
  if (field === "labels" && value.text !== undefined && !labelValue.test(text))
    yield {
      span: value.span,
      message: `${text} can't be the value of a label: it has at most 63 letters, digits, -, _ and ., and begins and ends with a letter or digit.`,
    };
  else yield* notText(context, field, value, text);
}

/** Numbers and booleans without quotes. Where a schema is known it says so already. */
function* notText(
  context: RuleContext,
  field: string,
  value: Value,
  text: string,
): Generator<Finding> {
  const source = context.document.text.slice(...value.span);
  const { type } = readScalar(source);
  if (type === "string" || type === "null" || /^["']/.test(source) || source === "") return;
  if (schemaFindings(context).some(({ range }) => range[0] === value.span[0])) return;
  yield {
    span: value.span,
    // Flux drops the labels of such an object, and applies the rest (`fluxcd/pkg ssa/manager.go`, SetOwnerLabels).
    ...(field === "labels" ? { severity: "warning" as const } : {}),
    message: `The values of ${field} are texts, and ${text} is a ${type}. Put it into quotes.`,
    fixes: [
      { title: `Write "${text}"`, edits: [replaceValue(value, `"${text}"`)], preferred: true },
    ],
  };
}
