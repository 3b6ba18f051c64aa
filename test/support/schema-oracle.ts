/** Talks to the program that runs the API server's own code on schemas, objects and expressions: `scripts/schemas/oracle`. */
import { execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { Schema } from "../../language-server/schema/schema.ts";

export interface OracleFinding {
  readonly type: string;
  readonly path: string;
  readonly message: string;
}

export interface Verdict {
  readonly unknown: readonly string[];
  readonly structural: readonly OracleFinding[];
  readonly cel: readonly OracleFinding[];
}

export interface Evaluated {
  readonly value?: string;
  readonly stage?: "compile" | "evaluate";
  readonly message?: string;
}

export interface ScalarJson {
  readonly kustomize: string;
  readonly kubectl: string;
}

export interface SchemaOracle {
  addSchema(id: string, schema: Schema): Promise<void>;
  check(id: string, object: unknown): Promise<Verdict>;
  evaluate(expressions: readonly string[]): Promise<readonly Evaluated[]>;
  readScalars(texts: readonly string[]): Promise<readonly ScalarJson[]>;
  dispose(): void;
}

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

export function startSchemaOracle(): SchemaOracle {
  const script = path.join(root, "scripts", "build-schema-oracle.mjs");
  const program = execFileSync(process.execPath, [script], { encoding: "utf8" }).trim();
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: unknown): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value } = (await lines.next()) as { readonly value?: string };
    if (value === undefined) throw new Error("The oracle ended.");
    const answer = JSON.parse(value) as { readonly failure?: string };
    if (answer.failure !== undefined) throw new Error(answer.failure);
    return answer;
  };
  return {
    addSchema: async (id, schema) => {
      await ask({ op: "schema", id, schema: toOpenApi(schema) });
    },
    check: async (id, object) => (await ask({ op: "check", id, object })) as Verdict,
    evaluate: async (expressions) =>
      (await ask({ op: "cel", expressions })) as readonly Evaluated[],
    readScalars: async (texts) => (await ask({ op: "scalars", texts })) as readonly ScalarJson[],
    dispose: () => void child.kill(),
  };
}

const extensions = {
  listType: "x-kubernetes-list-type",
  listMapKeys: "x-kubernetes-list-map-keys",
  mapType: "x-kubernetes-map-type",
  intOrString: "x-kubernetes-int-or-string",
  preserveUnknown: "x-kubernetes-preserve-unknown-fields",
  embedded: "x-kubernetes-embedded-resource",
  rules: "x-kubernetes-validations",
} as const;

/** The schema as a CRD spells it. */
function toOpenApi(schema: Schema): Readonly<Record<string, unknown>> {
  const entries = Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    const one = (below: unknown) => toOpenApi(below as Schema);
    switch (key) {
      case "properties":
        return [
          [key, Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, one(v)]))],
        ];
      case "additional":
        return [["additionalProperties", one(value)]];
      case "items":
      case "not":
        return [[key, one(value)]];
      case "allOf":
      case "anyOf":
      case "oneOf":
        return [[key, (value as readonly unknown[]).map(one)]];
      case "description":
      case "patchMergeKey":
        return [];
      default:
        return [[key in extensions ? extensions[key as keyof typeof extensions] : key, value]];
    }
  });
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}
