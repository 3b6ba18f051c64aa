/** The references that a document writes: what they name, and where. */
import type { FluxKindName } from "#simulator";
import { fluxKindOf } from "#simulator";

import type { ManifestDocument } from "./manifest-document.ts";
import { derived } from "./manifest-document.ts";
import type { ReferenceField } from "./reference-fields.ts";
import { referenceFields } from "./reference-fields.ts";
import type { Value } from "./value.ts";

export interface Reference {
  readonly field: ReferenceField;
  /** The mapping that holds name, kind and namespace. */
  readonly value: Value;
  /** The kind it names, where the field or the manifest leaves no doubt. */
  readonly kind: string | undefined;
  readonly name: string;
  readonly nameValue: Value;
  /** As written; `undefined` when it is not, or the field has none. */
  readonly namespace: string | undefined;
  readonly namespaceValue: Value | undefined;
  readonly optional: boolean;
}

/** Of Flux objects only; names that are empty or `*` are none. */
export const referencesOf = derived((document: ManifestDocument): readonly Reference[] => {
  const row = fluxKindOf(document);
  const { root } = document;
  if (!row || !root || document.group === "") return [];
  const fields = referenceFields[row.kind as FluxKindName];
  return fields.flatMap((field) =>
    valuesAt(root, field.path).flatMap((value) => toReference(field, value)),
  );
});

function toReference(field: ReferenceField, value: Value): readonly Reference[] {
  const nameValue = value.get("name");
  const name = nameValue?.scalar;
  if (!nameValue || name === undefined || name === "" || name === "*") return [];
  const written = value.get("kind")?.text;
  const namespaceValue = value.get("namespace");
  return [
    {
      field,
      value,
      kind:
        written ??
        (field.kinds !== "written" && field.kinds.length === 1 ? field.kinds[0] : undefined),
      name,
      nameValue,
      namespace: namespaceValue?.scalar,
      namespaceValue,
      optional: value.get("optional")?.flag === true,
    },
  ];
}

function valuesAt(root: Value, path: readonly string[]): readonly Value[] {
  let values: readonly Value[] = [root];
  for (const key of path) {
    values = values.flatMap((value) => {
      if (key === "[]") return value.items;
      const found = value.get(key);
      return found ? [found] : [];
    });
  }
  return values;
}
