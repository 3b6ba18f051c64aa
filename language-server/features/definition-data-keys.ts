/** `valuesKey` and the like: the key of a ConfigMap or Secret, or the file that a generator puts there. */
import type { Span, Value } from "../manifest/value.ts";
import { joinPath, folderOf } from "../model/kustomization-file.ts";
import type { Cursor, Spot } from "./definition-locations.ts";
import { namesIn } from "./references-names.ts";
import { bareSpan, holds } from "./references-site.ts";
import type { Found } from "./references-targets.ts";
import { declarationsOf } from "./references-targets.ts";

export interface DataKeys {
  readonly span: Span;
  /** A text is the path of a file. */
  readonly targets: readonly (Spot | string)[];
}

/** `undefined` when the cursor does not stand on the name of a key. */
export function dataKeys(cursor: Cursor): DataKeys | undefined {
  const { part, offset } = cursor;
  const { root } = part.document;
  const holder = root && holderAt(root, offset);
  const value = holder?.get("valuesKey") ?? holder?.get("key");
  const key = value?.text;
  if (!holder || !value || key === undefined || !holds(value.span, offset)) return undefined;
  const name = holder.get("name");
  const site = name && namesIn(cursor).find(({ span }) => holds(name.span, span[0]));
  if (!site) return undefined;
  const targets = declarationsOf({ ...cursor, site }).flatMap((one) => keyIn(one, key));
  return { span: bareSpan(part.document, value), targets };
}

/** The innermost mapping around the offset. */
function holderAt(value: Value, offset: number): Value | undefined {
  const children = value.isMap ? value.entries.map((entry) => entry.value) : value.items;
  const inner = children.find(({ span }) => holds(span, offset));
  const found = inner && holderAt(inner, offset);
  return found ?? (value.isMap ? value : undefined);
}

/** The key of a declared ConfigMap or Secret; `text` where it is written in the open. */
export interface DataKey extends Spot {
  readonly text?: string;
}

export function keyIn({ file, part, site }: Found, key: string): readonly (DataKey | string)[] {
  const { document } = part;
  if (site.field.endsWith("Generator[].name")) return generated({ file, part, site }, key);
  const isOpen = document.kind === "ConfigMap";
  for (const holder of [...plainData, ["spec", "target", "template", "data"]]) {
    const entry = document.root?.at(...holder)?.entries.findLast((one) => one.key === key);
    const text = isOpen ? entry?.value.scalar : undefined;
    if (entry) return [{ file, part, span: entry.keySpan, ...(text !== undefined && { text }) }];
  }
  // External Secrets list the keys that they fetch.
  for (const item of document.root?.at("spec", "data")?.items ?? []) {
    const name = item.get("secretKey");
    if (name?.text === key) return [{ file, part, span: bareSpan(document, name) }];
  }
  return [];
}

const plainData = [["data"], ["stringData"]];

type Generator = Pick<Found, "file" | "part" | "site">;

/** `files: [key=path]`, where the key is the name of the file when it is left out; then `literals`. */
function generated({ file, part, site }: Generator, key: string): readonly (DataKey | string)[] {
  const [field = ""] = site.field.split("[]");
  const item = part.document.root
    ?.get(field)
    ?.items.find((one) => one.get("name")?.text === site.name);
  for (const one of item?.get("files")?.items ?? []) {
    const text = one.text ?? "";
    const path = text.slice(text.indexOf("=") + 1);
    const own = text.includes("=") ? text.slice(0, text.indexOf("=")) : baseOf(path);
    const target = own === key ? joinPath(folderOf(file.path), path) : undefined;
    if (target !== undefined) return [target];
  }
  const literal = item?.get("literals")?.items.find((one) => one.text?.startsWith(`${key}=`));
  if (!literal) return [];
  const isOpen = site.kinds.includes("ConfigMap");
  const text = isOpen ? { text: (literal.text ?? "").slice(key.length + 1) } : {};
  return [{ file, part, span: literal.span, ...text }];
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
