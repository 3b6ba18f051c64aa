/** Setter comments of image automation: `# {"$imagepolicy": "namespace:name[:tag|name|digest]"}`. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { Span } from "../manifest/value.ts";
import { lookup } from "../model/lookup.ts";
import { closest } from "../schema/similar.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

export const imageMarker: Rule = {
  meta: {
    code: "flux/image-marker",
    severity: "warning",
    summary: "A marker of image automation that does nothing.",
    roles: ["manifest", "patch", "kustomization", "encrypted"],
    needs: "workspace",
    fixable: true,
  },
  *check(context) {
    for (const marker of markersIn(context.document.text)) {
      const finding = problemOf(context, marker);
      if (finding) yield finding;
    }
  },
};

export interface ImageMarker {
  /** The JSON of the comment. */
  readonly span: Span;
  readonly text: string;
  /** What stands before the comment on its line. */
  readonly before: string;
}

/** Markers with the offsets of the text. */
export function* markersIn(text: string): Generator<ImageMarker> {
  if (!text.includes("$imagepolicy")) return;
  for (const match of text.matchAll(/^(.*?)#\s*(\{\s*["']?\$imagepolicy.*)$/gm)) {
    const [whole, before = "", json = ""] = match;
    const start = match.index + whole.length - json.length;
    const trimmed = json.trimEnd();
    yield { span: [start, start + trimmed.length], text: trimmed, before };
  }
}

/** `namespace:name[:part]` of a marker; `undefined` when it can't be read. */
export function policyOf(text: string): string | undefined {
  try {
    const value = (JSON.parse(text) as Readonly<Record<string, unknown>>)["$imagepolicy"];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

const parts = ["tag", "name", "digest"];

function problemOf(context: RuleContext, { span, text, before }: ImageMarker): Finding | undefined {
  const setter = policyOf(text);
  const example = '{"$imagepolicy": "flux-system:app"}';
  if (setter === undefined)
    return {
      span,
      message: `This marker is no JSON, so image automation does not see it. It looks like ${example}.`,
    };
  const inner = text.indexOf(setter);
  const at: Span = [span[0] + inner, span[0] + inner + setter.length];
  const [namespace, name, part, ...more] = setter.split(":");
  if (!namespace || !name || more.length > 0)
    return {
      span: at,
      message: `A marker names namespace:name, and :tag, :name or :digest behind it. This is ${setter}.`,
    };
  if (part !== undefined && !parts.includes(part)) {
    const [similar] = closest(part, parts);
    const start = at[1] - part.length;
    return {
      span: [start, at[1]],
      message: `Behind the policy stands tag, name or digest, not ${part}.`,
      fixes:
        similar === undefined
          ? []
          : [
              {
                title: `Change to ${similar}`,
                edits: [{ span: [start, at[1]], text: similar }],
                preferred: true,
              },
            ],
    };
  }
  if (!/\S/.test(before) || /:\s*$/.test(before))
    return {
      span,
      message:
        "There is no value before this marker on its line, so image automation changes nothing.",
    };
  return unknownPolicy(context, { namespace, name }, at);
}

function unknownPolicy(
  { model }: RuleContext,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  [start]: Span,
): Finding | undefined {
  const found = lookup(model, { kind: flux.ImagePolicy, name, namespace });
  const from = start + namespace.length + 1;
  const span: Span = [from, from + name.length];
  if (found.outcome === "elsewhere")
    return {
      span: [start, start + namespace.length],
      message: `ImagePolicy ${name} is not in ${namespace} but in ${found.namespaces.join(", ")}, so image automation changes nothing here.`,
      fixes: found.namespaces.slice(0, 1).map((one) => ({
        title: `Change to ${one}`,
        edits: [{ span: [start, start + namespace.length] as const, text: one }],
        preferred: true,
      })),
    };
  if (found.outcome !== "missing") return undefined;
  const [similar] = found.similar;
  return {
    span,
    message: `There is no ImagePolicy ${namespace}/${name}, so image automation changes nothing here.${similar ? ` Did you mean ${similar.name}?` : ""}`,
    fixes: similar
      ? [
          {
            title: `Change to ${similar.name}`,
            edits: [{ span, text: similar.name }],
            preferred: true,
          },
        ]
      : [],
  };
}

/** Used by the rule that looks for policies without a marker. */
export function isImagePolicy(document: RuleContext["document"]): boolean {
  return isFluxKind(document, flux.ImagePolicy);
}
