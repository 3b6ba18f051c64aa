/** Paths and addresses that a document writes, and the files they lead to. */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import type { Span, Value } from "../manifest/value.ts";
import { cleanPath } from "../model/flux-kustomization.ts";
import { folderOf } from "../model/kustomization-file.ts";
import { isTemplated } from "../model/object-index.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Place } from "./references-site.ts";
import { bareSpan } from "./references-site.ts";

export type PathSite =
  /** Of a file or a folder of this repository; it may not exist. */
  | { readonly to: "path"; readonly span: Span; readonly path: string }
  | { readonly to: "web"; readonly span: Span; readonly url: string };

export function pathsIn(place: Place): readonly PathSite[] {
  const { model, file, part } = place;
  const { document } = part;
  const { root } = document;
  if (!root) return [];
  const own = model.graph.kustomizations.get(file.path);
  if (own?.part.document === document)
    return own.entries.flatMap(({ path, target, remote, value }): readonly PathSite[] => {
      const bare = bareSpan(document, value);
      // `key=` of generator files is no part of the path.
      const from = Math.max(bare[0], bare[1] - target.length);
      if (path !== undefined) return [{ to: "path", span: [from, bare[1]], path }];
      return remote ? toWeb(bare, target) : [];
    });
  if (isFluxKind(document, flux.Kustomization)) return kustomizationPath(place, root);
  if (isFluxKind(document, flux.HelmRelease)) return chartPaths(place, root);
  const url = root.at("spec", "url");
  return url?.text === undefined || isTemplated(url.text)
    ? []
    : toWeb(bareSpan(document, url), url.text);
}

function kustomizationPath({ model, part }: Place, root: Value): readonly PathSite[] {
  const value = root.at("spec", "path");
  const text = value?.text;
  if (!value || text === undefined || isTemplated(text)) return [];
  if (!isOwn(model, root.at("spec", "sourceRef"))) return [];
  return [{ to: "path", span: bareSpan(part.document, value), path: cleanPath(text) }];
}

/** Charts of a GitRepository are folders, and `valuesFiles` stand relative to its root. */
function chartPaths({ model, part }: Place, root: Value): readonly PathSite[] {
  const spec = root.at("spec", "chart", "spec");
  if (!isOwn(model, spec?.get("sourceRef"))) return [];
  const values = [spec?.get("chart"), ...(spec?.get("valuesFiles")?.items ?? [])];
  return values.flatMap((value, at): readonly PathSite[] => {
    const text = value?.text;
    if (!value || text === undefined || isTemplated(text)) return [];
    const path = cleanPath(text);
    const chart = `${path}/Chart.yaml`;
    const target = at === 0 && model.graph.exists(chart) === "file" ? chart : path;
    return [{ to: "path", span: bareSpan(part.document, value), path: target }];
  });
}

function isOwn({ graph }: WorkspaceModel, ref: Value | undefined): boolean {
  const [kind, name] = [ref?.get("kind")?.text ?? "", ref?.get("name")?.text ?? ""];
  return graph.isOwnSource({ kind, name, namespace: "" });
}

/** Clients find `https://` themselves; these they do not. Registries that have no such page are left alone. */
function toWeb(span: Span, url: string): readonly PathSite[] {
  const git = /^(?:ssh:\/\/)?git@([\w.-]+)[:/](.+?)(?:\.git)?(?:\/\/.*)?(?:\?.*)?$/.exec(url);
  const registry = /^oci:\/\/((?:ghcr\.io|quay\.io)\/.+)$/.exec(url);
  const bare = /^((?:github|gitlab)\.com\/[^/]+\/[^/?]+)/.exec(url);
  const address = git ? `${git[1]}/${git[2]}` : (registry?.[1] ?? bare?.[1]);
  if (address !== undefined) return [{ to: "web", span, url: `https://${address}` }];
  return /^https?:\/\/\S+$/.test(url) ? [{ to: "web", span, url }] : [];
}

const maxFiles = 20;

/** The file itself; of a folder its kustomization.yaml, else the manifests in it. */
export function filesAt({ graph, files }: WorkspaceModel, path: string): readonly string[] {
  switch (graph.exists(path)) {
    case "file":
      return [path];
    case "folder": {
      const own = graph.inFolder(path);
      if (own) return [own.path];
      const within = [...files.values()].filter(
        (file) => file.isYaml && folderOf(file.path) === path,
      );
      return within
        .map((file) => file.path)
        .toSorted()
        .slice(0, maxFiles);
    }
    case undefined:
      return [];
  }
}
