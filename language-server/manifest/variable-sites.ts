/** Where a document uses variables: in its scalars and keys. Comments are gone before Flux substitutes. */
import type { ManifestDocument } from "./manifest-document.ts";
import { derived } from "./manifest-document.ts";
import type { Span, Value } from "./value.ts";
import { scalarsOf } from "./value.ts";
import type { VariableFault } from "./variables.ts";
import { variablesOf } from "./variables.ts";

export interface VariableSite {
  readonly name: string;
  /** From `${` to behind `}`. */
  readonly span: Span;
  readonly nameSpan: Span;
  readonly hasDefault: boolean;
  /** The scalar it stands in; absent in a key. */
  readonly value?: Value;
}

export interface VariableSites {
  readonly sites: readonly VariableSite[];
  readonly faults: readonly { readonly span: Span; readonly reason: VariableFault["reason"] }[];
}

export const variableSites = derived((document: ManifestDocument): VariableSites => {
  const { root, text } = document;
  if (!root || !text.includes("${")) return { sites: [], faults: [] };
  const sites: VariableSite[] = [];
  const faults: { span: Span; reason: VariableFault["reason"] }[] = [];
  const read = ([from, to]: Span, value?: Value): void => {
    const raw = text.slice(from, to);
    if (!raw.includes("${")) return;
    const { uses, fault } = variablesOf(raw);
    for (const { name, start, end, nameStart, hasDefault } of uses)
      sites.push({
        name,
        span: [from + start, from + end],
        nameSpan: [from + nameStart, from + nameStart + name.length],
        hasDefault,
        ...(value && { value }),
      });
    if (fault) faults.push({ span: [from + fault.start, from + fault.end], reason: fault.reason });
  };
  for (const value of scalarsOf(root)) read(value.span, value);
  for (const span of keysOf(root)) read(span);
  return { sites, faults };
});

function* keysOf(value: Value): Generator<Span> {
  for (const { keySpan, value: child } of value.entries) {
    yield keySpan;
    yield* keysOf(child);
  }
  for (const item of value.items) yield* keysOf(item);
}

/** `kustomize.toolkit.fluxcd.io/substitute: disabled` as label or annotation. */
export function isSubstitutionDisabled({ root }: ManifestDocument): boolean {
  const key = "kustomize.toolkit.fluxcd.io/substitute";
  return ["labels", "annotations"].some(
    (field) => root?.at("metadata", field, key)?.text === "disabled",
  );
}
