/** What the schema of its kind says about a document; remembered with the document, for the rules that share it. */
import type { Node } from "yaml";

import { isEdited } from "../manifest/edited-block.ts";
import { flux, kustomizeGroup } from "../manifest/flux-names.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { valueEditOf } from "../manifest/manifest-document.ts";
import { Slot } from "../manifest/memory.ts";
import type { Path } from "../manifest/value.ts";
import type { Catalog, KindSchema } from "../schema/catalog.ts";
import type { SchemaFinding } from "../schema/finding.ts";
import { anyOpaque, opaqueText } from "../schema/opaque.ts";
import { isLookedAt, validateCel } from "../schema/cel-rules.ts";
import type { Schema } from "../schema/schema.ts";
import type { ValidateOptions } from "../schema/validate.ts";
import { staysRight, validate } from "../schema/validate.ts";
import type { DocumentRole } from "./role.ts";
import type { WorkspaceModel } from "./workspace-model.ts";

export interface SchemaSite {
  readonly document: ManifestDocument;
  readonly role: DocumentRole;
  readonly model: Pick<WorkspaceModel, "catalog">;
}

interface Remembered {
  readonly kind: KindSchema;
  readonly role: ValidateOptions["role"];
  readonly findings: readonly SchemaFinding[];
}

const remembered = new Slot<ManifestDocument, Remembered>();
const opaque = anyOpaque(opaqueText.flux, opaqueText.sops, opaqueText.resourceSet);

interface Chosen {
  readonly catalog: Catalog;
  readonly role: DocumentRole;
  readonly kind: KindSchema | undefined;
}
const chosen = new Slot<ManifestDocument, Chosen>();

/** The schema of the document's kind in the selected versions. */
export function schemaOf(site: SchemaSite): KindSchema | undefined {
  const { document, role, model } = site;
  if (!model.catalog) return undefined;
  const known = chosen.get(document);
  if (known?.catalog === model.catalog && known.role === role) return known.kind;
  const kind = findSchema(document, role, model.catalog);
  chosen.set(document, { catalog: model.catalog, role, kind });
  return kind;
}

function findSchema(
  document: ManifestDocument,
  role: DocumentRole,
  catalog: Catalog,
): KindSchema | undefined {
  if (role !== "kustomization") return catalog.find(document);
  // kustomize takes both as given when they are missing (`api/types/kustomization.go`, FixKustomizationPostUnmarshal).
  const isComponent = document.kind === "Component";
  const apiVersion = `${kustomizeGroup}/${isComponent ? "v1alpha1" : "v1beta1"}`;
  return catalog.find({ apiVersion, kind: isComponent ? "Component" : flux.Kustomization });
}

export function schemaFindings(site: SchemaSite): readonly SchemaFinding[] {
  const { document, model } = site;
  const kind = schemaOf(site);
  if (!kind || !document.yaml) return [];
  const role = site.role === "patch" ? "patch" : "manifest";
  const known = remembered.get(document);
  if (known?.kind === kind && known.role === role) return known.findings;
  const options = optionsOf(document, role, kind, model.catalog);
  const path = editedSince(document, remembered, { kind, role });
  const findings =
    path && staysRight(document.yaml, kind, path, options)
      ? nothing
      : validate(document.yaml, kind, options);
  remembered.set(document, { kind, role, findings });
  return findings;
}

const rememberedCel = new Slot<ManifestDocument, Remembered>();

/** The CEL rules of the kind; to be asked only where the structure is right. */
export function celFindings(site: SchemaSite): readonly SchemaFinding[] {
  const { document, model } = site;
  const kind = schemaOf(site);
  if (!kind || !document.yaml || site.role !== "manifest") return [];
  const known = rememberedCel.get(document);
  if (known?.kind === kind) return known.findings;
  const options = optionsOf(document, "manifest", kind, model.catalog);
  const path = editedSince(document, rememberedCel, { kind, role: "manifest" });
  const findings =
    path && !isLookedAt(kind.schema, path) ? nothing : validateCel(document.yaml, kind, options);
  rememberedCel.set(document, { kind, role: "manifest", findings });
  return findings;
}

const nothing: readonly never[] = [];

/** The path of the only value that is another than in a text in which nothing was found. */
function editedSince(
  document: ManifestDocument,
  known: Slot<ManifestDocument, Remembered>,
  { kind, role }: Pick<Remembered, "kind" | "role">,
): Path | undefined {
  const edit = valueEditOf(document);
  const before = edit && known.get(edit.before);
  const wasRight = before?.kind === kind && before.role === role && before.findings.length === 0;
  return wasRight ? edit?.path : undefined;
}

const clean = new WeakMap<KindSchema, Map<ValidateOptions["role"], WeakMap<Node, Schema>>>();

/** What an edit leaves as it is need not be looked at again. */
function cleanNodes(kind: KindSchema, role: ValidateOptions["role"]): WeakMap<Node, Schema> {
  const ofKind = clean.get(kind) ?? new Map<ValidateOptions["role"], WeakMap<Node, Schema>>();
  clean.set(kind, ofKind);
  const nodes = ofKind.get(role) ?? new WeakMap<Node, Schema>();
  ofKind.set(role, nodes);
  return nodes;
}

function optionsOf(
  document: ManifestDocument,
  role: ValidateOptions["role"],
  kind: KindSchema,
  catalog: Catalog | undefined,
): ValidateOptions {
  return {
    role,
    opaque,
    text: document.text,
    clean: document.yaml && isEdited(document.yaml) ? cleanNodes(kind, role) : undefined,
    ...(catalog && { life: (path) => catalog.fieldLife(kind, path) }),
  };
}
