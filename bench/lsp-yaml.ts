/** yaml-language-server on the same file, with the same schemas, each document with its own (`schemaSequence`). */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { TextDocument } from "vscode-languageserver-textdocument";

import { createCatalog } from "../language-server/schema/create-catalog.ts";
import type { Packs } from "../language-server/schema/packs.ts";
import type { Schema } from "../language-server/schema/schema.ts";
import type { Check } from "./lsp-turns.ts";

interface Service {
  configure(settings: object): void;
  doValidation(document: TextDocument, isKubernetes: boolean): Promise<readonly unknown[]>;
}

interface Module {
  readonly getLanguageService: (parameters: object) => Service;
}

/** `text` says which kinds the documents of the file are of. */
export async function yamlLanguageServerCheck(
  folder: string,
  text: string,
  packs: Packs,
): Promise<Check> {
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
  let version = 0;
  return async (next) => {
    const document = TextDocument.create("file:///a.yaml", "yaml", version++, next);
    const found = await service.doValidation(document, false);
    if (found.length > 50)
      throw new Error(`the rival takes the file for wrong: ${JSON.stringify(found[0])}`);
  };
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
