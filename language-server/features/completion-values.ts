/** Values that a schema names: enums, booleans and defaults. */
import type { Path } from "./completion-outline.ts";
import { choicesOf, scalarText } from "./completion-keys.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";
import { schemaOfPath } from "./completion-site.ts";

export function schemaValues(site: CompletionSite, path: Path): readonly Suggestion[] {
  const { schema } = schemaOfPath(site, path);
  if (!schema) return [];
  const value = schema.default === undefined ? undefined : scalarText(schema.default);
  const choices =
    schema.type === "boolean"
      ? [...new Set([...choicesOf(schema), "true", "false"])]
      : choicesOf(schema);
  return choices.map((label) => ({
    label,
    ...(needsQuotes(label, schema.type) && { insert: JSON.stringify(label) }),
    kind: "value",
    rank: 2,
    ...(label === value && { detail: "default" }),
  }));
}

/** A text that YAML would read as something else. */
function needsQuotes(text: string, type: string | undefined): boolean {
  return type === "string" && /^(?:true|false|null|~|[-+]?[\d.]+|\*.*|.*[:#] .*|)$/i.test(text);
}
