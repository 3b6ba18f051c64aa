/** Paths of JSON6902 patches: names of fields with `/` between, by the schema of what is patched. */
import type { Schema } from "../schema/schema.ts";
import type { Path } from "./completion-outline.ts";
import { typeText } from "./completion-keys.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";
import { pattern } from "./completion-site.ts";

/** Source: RFC 6902, section 4. */
export const jsonPatch: Schema = {
  type: "array",
  items: {
    type: "object",
    required: ["op", "path"],
    properties: {
      op: { type: "string", enum: ["add", "remove", "replace", "move", "copy", "test"] },
      path: { type: "string", description: "A JSON pointer: `/spec/replicas`." },
      value: {},
      from: { type: "string", description: "For `move` and `copy`: where from." },
    },
  },
};

/** One level at a time. */
export function pointerSuggestions(site: CompletionSite, path: Path): readonly Suggestion[] {
  const { subject, typing } = site;
  if (!subject.patched || !/^\[\]\.(?:path|from)$/.test(pattern(path))) return [];
  const head = typing.word.slice(0, typing.word.lastIndexOf("/") + 1);
  let schema: Schema | undefined = subject.patched;
  for (const step of head.split("/").filter((one) => one !== "")) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    schema = /^(?:\d+|-)$/.test(step) && schema?.items ? schema.items : fieldOf(schema, name);
  }
  const start = head === "" ? "/" : head;
  if (schema?.type === "array")
    return ["0", "-"].map((one, rank) => ({ label: `${start}${one}`, kind: "value", rank }));
  return Object.entries(schema?.properties ?? {}).map(([name, field]) => ({
    label: `${start}${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    detail: typeText(field),
    documentation: field.description ?? "",
    kind: "field",
    rank: name === "status" ? 3 : 1,
  }));
}

function fieldOf(schema: Schema | undefined, name: string): Schema | undefined {
  return schema?.properties?.[name] ?? schema?.additional;
}
