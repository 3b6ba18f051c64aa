/** CEL in Flux objects: the variables of the place, the fields of the kinds they stand for, and what can be asked of lists and texts. */
import { flux } from "../manifest/flux-names.ts";
import type { Schema } from "../schema/schema.ts";
import type { Path } from "./completion-outline.ts";
import { typeText } from "./completion-keys.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";
import { fluxRowOf, pattern, schemaOfType } from "./completion-site.ts";

type Site = Pick<CompletionSite, "subject" | "model" | "typing">;

export function isCel(site: Pick<CompletionSite, "subject">, path: Path): boolean {
  return placeOf(site, path) !== undefined;
}

/** What gives the variables there. Source: the API reference of kustomize- and notification-controller. */
function placeOf({ subject }: Pick<CompletionSite, "subject">, path: Path) {
  const kind = fluxRowOf(subject)?.kind;
  const where = pattern(path);
  if (/^spec\.healthCheckExprs\.\[\]\.(?:current|inProgress|failed)$/.test(where)) return "object";
  // A ResourceSet evaluates it on the object that it waits for.
  if (where === "spec.dependsOn.[].readyExpr")
    return kind === flux.ResourceSet ? "object" : "dependency";
  if (kind === flux.Provider && where === "spec.commitStatusExpr") return "event";
  if (kind === flux.Receiver && where === "spec.resourceFilter") return "request";
  return undefined;
}

export function celSuggestions(site: Site, path: Path): readonly Suggestion[] {
  const { word } = site.typing;
  // Inside of a text there is nothing to complete.
  if (isInText(word)) return [];
  const [chain = ""] = chainAtEnd(word);
  const variables = variablesAt(site, path);
  if (!chain.includes("."))
    return [...variables, ...macroVariables(word)].map(toRoot).concat(macros);
  const schema = schemaOfChain({ variables, word }, stepsOf(chain).slice(0, -1));
  if (!schema) return methods;
  return fieldsOf(schema);
}

/** What the name at the end of `word` stands for; `undefined` inside of a text, and where nothing is known. */
export function celField(site: Site, path: Path): CelField | undefined {
  const { word } = site.typing;
  if (isInText(word)) return undefined;
  const [chain] = chainAtEnd(word);
  if (chain === undefined) return undefined;
  const schema = schemaOfChain({ variables: variablesAt(site, path), word }, stepsOf(chain));
  return schema && { name: chain, schema };
}

export interface CelField {
  /** With what it is asked of: `status.conditions`. */
  readonly name: string;
  readonly schema: Schema;
}

function isInText(word: string): boolean {
  return (word.replaceAll(/"[^"]*"|'[^']*'/g, "").match(/["']/g) ?? []).length % 2 === 1;
}

function chainAtEnd(word: string): readonly string[] {
  return /[A-Za-z_][\w.[\]]*$/.exec(word) ?? [];
}

function stepsOf(chain: string): readonly string[] {
  return chain.replaceAll(/\[\w*\]/g, ".[]").split(".");
}

interface Variable {
  readonly name: string;
  readonly schema: Schema | undefined;
}

function variablesAt(site: Site, path: Path): readonly Variable[] {
  const { subject, model, typing } = site;
  switch (placeOf(site, path)) {
    case "object": {
      const { siblings } = typing;
      const type = {
        apiVersion: siblings.get("apiVersion") ?? "",
        kind: siblings.get("kind") ?? "",
      };
      const properties = schemaOfType(model, type)?.properties;
      if (!properties) return Object.entries(usual).map(([name, schema]) => ({ name, schema }));
      return Object.entries(properties).map(([name, schema]) => ({ name, schema }));
    }
    case "dependency":
      return ["self", "dep"].map((name) => ({ name, schema: subject.schema }));
    case "event":
      return [
        { name: "event", schema: event },
        { name: "alert", schema: undefined },
      ];
    case "request":
      return [
        { name: "res", schema: resource },
        { name: "req", schema: undefined },
      ];
    case undefined:
      return [];
  }
}

const text: Schema = { type: "string" };
const texts: Schema = { type: "object", additional: text };
const metadata: Schema = {
  type: "object",
  properties: { name: text, namespace: text, labels: texts, annotations: texts },
};
const resource: Schema = { type: "object", properties: { apiVersion: text, kind: text, metadata } };
/** Source: `k8s.io/apimachinery pkg/apis/meta/v1/types.go`, `Condition`. */
const condition: Schema = {
  type: "object",
  properties: {
    type: text,
    status: { type: "string", enum: ["True", "False", "Unknown"] },
    reason: text,
    message: text,
    lastTransitionTime: text,
    observedGeneration: { type: "integer" },
  },
};
/** What most kinds have, for one whose schema is not known. */
const usual: Readonly<Record<string, Schema | undefined>> = {
  apiVersion: text,
  kind: text,
  metadata: {
    type: "object",
    properties: { ...metadata.properties, generation: { type: "integer" } },
  },
  spec: undefined,
  status: {
    type: "object",
    properties: {
      conditions: { type: "array", items: condition },
      observedGeneration: { type: "integer" },
    },
  },
  data: undefined,
};
/** Source: `fluxcd/pkg apis/event/v1beta1/event.go`. */
const event: Schema = {
  type: "object",
  properties: {
    involvedObject: {
      type: "object",
      properties: { apiVersion: text, kind: text, name: text, namespace: text, uid: text },
    },
    severity: text,
    timestamp: text,
    message: text,
    reason: text,
    metadata: texts,
    reportingController: text,
    reportingInstance: text,
  },
};

const macro = /([A-Za-z_][\w.[\]]*)\.(?:filter|all|exists|exists_one|map)\(\s*(\w+)\s*,/g;

/** `c` in `status.conditions.all(c, …)`, as long as the parenthesis is open. */
function macroVariables(word: string): readonly Variable[] {
  return [...word.matchAll(macro)].map(([, , name = ""]) => ({ name, schema: undefined }));
}

function schemaOfChain(
  context: { readonly variables: readonly Variable[]; readonly word: string },
  chain: readonly string[],
  depth = 0,
): Schema | undefined {
  const [first = "", ...steps] = chain;
  let schema = context.variables.find(({ name }) => name === first)?.schema;
  if (!schema && depth < 5) {
    const list = [...context.word.matchAll(macro)].findLast(([, , name]) => name === first)?.[1];
    if (list !== undefined) schema = schemaOfChain(context, list.split("."), depth + 1)?.items;
  }
  for (const step of steps)
    schema =
      step === "[]"
        ? (schema?.items ?? schema?.additional)
        : (schema?.properties?.[step] ?? schema?.additional);
  return schema;
}

function toRoot({ name, schema }: Variable): Suggestion {
  return {
    label: name,
    kind: "variable",
    insert: name,
    rank: 1,
    ...(schema && { detail: typeText(schema) }),
    ...(schema?.description !== undefined && { documentation: schema.description }),
  };
}

function fieldsOf(schema: Schema): readonly Suggestion[] {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]): Suggestion => ({
    label: name,
    detail: typeText(field),
    documentation: field.description ?? "",
    kind: "field",
    rank: 1,
  }));
  if (schema.type === "array") return listMethods;
  return schema.type === "string" ? textMethods : fields;
}

function method(label: string, snippet: string): Suggestion {
  return { label, snippet, kind: "value", rank: 3 };
}

const macros: readonly Suggestion[] = [method("has", "has(${1})"), method("size", "size(${1})")];
const listMethods: readonly Suggestion[] = [
  ...["filter", "all", "exists", "exists_one", "map"].map((name) =>
    method(name, `${name}(\${1:e}, \${2})`),
  ),
  method("size", "size()"),
];
const textMethods: readonly Suggestion[] = [
  ...["startsWith", "endsWith", "contains", "matches"].map((name) =>
    method(name, `${name}('\${1}')`),
  ),
  method("size", "size()"),
];
const methods: readonly Suggestion[] = [...listMethods, ...textMethods.slice(0, -1)];
