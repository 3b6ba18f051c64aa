/** yaml-language-server on the same file, with the same schemas, each document with its own (`schemaSequence`). */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { TextDocument } from "vscode-languageserver-textdocument";

import { createCatalog } from "../language-server/schema/create-catalog.ts";
import type { Packs } from "../language-server/schema/packs.ts";
import type { Schema } from "../language-server/schema/schema.ts";
import { editedAt } from "./lsp-documents.ts";
import type { Series } from "./statistics.ts";
import { series } from "./statistics.ts";

interface Service {
  configure(settings: object): void;
  doValidation(document: TextDocument, isKubernetes: boolean): Promise<readonly unknown[]>;
}

interface Module {
  readonly getLanguageService: (parameters: object) => Service;
}

export async function measureYaml(
  folder: string,
  text: string,
  packs: Packs,
  edits: number,
): Promise<Series> {
  const entry = join(folder, "node_modules/yaml-language-server/out/src/index.js");
  const { getLanguageService } = (await import(pathToFileURL(entry).href)) as Module;
  const service = getLanguageService({
    schemaRequestService: () => Promise.reject(new Error("no network")),
    workspaceContext: { resolveRelativePath: (path: string) => path },
    telemetry: { send() {}, sendError() {}, sendTrack() {} },
    // It asks for the version of a document by its address; there is one document only.
    yamlSettings: { documents: new Map() },
  });
  const schema = { schemaSequence: sequenceOf(text, packs) };
  service.configure({
    validate: true,
    yamlVersion: "1.2",
    schemas: [{ uri: "file:///schema.json", fileMatch: ["*.yaml"], schema }],
  });
  const times: number[] = [];
  let found: readonly unknown[] = [];
  for (let round = 0; round < edits + 5; round++) {
    const { offset, insert } = editedAt(text, round);
    const next = text.slice(0, offset) + insert + text.slice(offset);
    const document = TextDocument.create("file:///a.yaml", "yaml", round, next);
    const started = performance.now();
    found = await service.doValidation(document, false);
    if (round >= 5) times.push(performance.now() - started);
  }
  if (found.length > 50)
    throw new Error(`the rival takes the file for wrong: ${JSON.stringify(found[0])}`);
  return series(times);
}

function sequenceOf(text: string, packs: Packs): readonly object[] {
  const catalog = createCatalog(packs, { flux: "2.9", kubernetes: "" });
  const known = new Map<string, object>();
  return text.split(/^---$/m).map((document) => {
    const apiVersion = /^apiVersion: (.*)$/m.exec(document)?.[1] ?? "";
    const kind = /^kind: (.*)$/m.exec(document)?.[1] ?? "";
    const made = known.get(kind) ?? toJsonSchema(catalog.find({ apiVersion, kind })?.schema ?? {});
    known.set(kind, made);
    return made;
  });
}

/** Inlined; a schema that contains itself is cut. */
function toJsonSchema(schema: Schema, above: readonly Schema[] = []): object {
  if (above.includes(schema) || schema.intOrString) return {};
  const inner = (child: Schema): object => toJsonSchema(child, [...above, schema]);
  const { type, properties, items, additional, required, pattern, description } = schema;
  return {
    ...(type && { type }),
    ...(description !== undefined && { description }),
    ...(schema.enum && { enum: schema.enum }),
    ...(pattern !== undefined && { pattern }),
    ...(required && { required }),
    ...(items && { items: inner(items) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, child]) => [name, inner(child)]),
      ),
    }),
    ...(additional && { additionalProperties: inner(additional) }),
    ...(properties && !additional && !schema.preserveUnknown && { additionalProperties: false }),
  };
}
