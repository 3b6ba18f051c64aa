/** The keys of a ConfigMap or Secret, written or generated. Never a value of it. */
import { namespacesOf } from "../model/namespaces.ts";
import { isTemplated } from "../model/object-index.ts";
import type { CompletionSite, Suggestion } from "./completion-site.ts";
import { ownNamespaces } from "./completion-site.ts";

export function keysOfData(
  site: CompletionSite,
  kinds: readonly string[],
  name: string,
): readonly Suggestion[] {
  if (name === "") return [];
  const keys = new Set(
    kinds.flatMap((kind) => [...written(site, kind, name), ...generated(site, kind, name)]),
  );
  return [...keys]
    .filter((key) => !isTemplated(key))
    .map((label) => ({ label, detail: `${kinds.join(" or ")} ${name}`, kind: "object", rank: 1 }));
}

/** Those of the own namespace, when there is one of this name. */
function written(site: CompletionSite, kind: string, name: string): readonly string[] {
  const { model } = site;
  const own = ownNamespaces(site);
  const all = model.index.named(kind, name);
  const near = all.filter((one) =>
    (namespacesOf(model, one.path, one) ?? own).some((namespace) => own.includes(namespace)),
  );
  return (near.length > 0 ? near : all).flatMap(({ path }) =>
    (model.manifest(path)?.parts ?? [])
      .filter(({ document }) => document.kind === kind && document.name === name)
      .flatMap(({ document }) =>
        ["data", "stringData", "binaryData"].flatMap(
          (field) => document.root?.get(field)?.keys() ?? [],
        ),
      ),
  );
}

/** `files` and `literals` of a generator: `key=…`, or the name of the file. */
function generated({ model }: CompletionSite, kind: string, name: string): readonly string[] {
  const field = kind === "Secret" ? "secretGenerator" : "configMapGenerator";
  return [...model.graph.kustomizations.values()].flatMap(({ part }) =>
    (part.document.root?.get(field)?.items ?? [])
      .filter((item) => item.get("name")?.text === name)
      .flatMap((item) => [
        ...(item.get("files")?.items ?? []),
        ...(item.get("literals")?.items ?? []),
      ])
      .map((entry) => {
        const text = entry.text ?? "";
        return text.includes("=")
          ? text.slice(0, text.indexOf("="))
          : text.slice(text.lastIndexOf("/") + 1);
      }),
  );
}
