/**
 * Which names mean the same object. Kind, name and namespace decide; where several clusters live in one repository, a name
 * means the object of its own cluster when there is one.
 */
import type { SourceFile } from "../model/source-file.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import { clustersOf } from "./references-clusters.ts";
import type { NameSite, Place } from "./references-site.ts";
import { namesIn } from "./references-names.ts";

export interface Found extends Place {
  readonly site: NameSite;
}

export interface Same {
  readonly declarations: readonly Found[];
  /** References and patches. */
  readonly uses: readonly Found[];
}

/** Every place that names the object which `subject` names. */
export function sameObject(subject: Found, signal?: AbortSignal): Same {
  const all = namesLike(subject, signal);
  const declared = all.filter(({ site }) => site.role === "declaration");
  const targets = candidates(subject, declared);
  const uses = all.filter(
    (one) =>
      one.site.role !== "declaration" &&
      (targets.length === 0
        ? shareCluster(one, subject)
        : candidates(one, declared).some((other) => targets.includes(other))),
  );
  return { declarations: targets, uses };
}

/** Where the object that `subject` names is declared. */
export function declarationsOf(subject: Found): readonly Found[] {
  const all = namesLike(subject);
  const declared = all.filter(({ site }) => site.role === "declaration");
  return candidates(
    subject,
    declared.length > 0 ? declared : all.filter(({ site }) => site.role === "patch"),
  );
}

/** A name may be in many files; only those that contain it are parsed. */
function namesLike({ model, site }: Found, signal?: AbortSignal): readonly Found[] {
  const found: Found[] = [];
  for (const source of model.files.values()) {
    signal?.throwIfAborted();
    if (!mentions(source, site.name)) continue;
    const file = source.manifest;
    if (!file) continue;
    for (const part of file.parts) {
      if (!part.document.text.includes(site.name)) continue;
      const place = { model, file, part };
      for (const other of namesIn(place))
        if (meansSame(site, other)) found.push({ ...place, site: other });
    }
  }
  return found;
}

function mentions({ isYaml, text }: SourceFile, name: string): boolean {
  return isYaml && text !== undefined && text.includes(name);
}

function meansSame(a: NameSite, b: NameSite): boolean {
  return (
    a.name === b.name &&
    a.kinds.some((kind) => b.kinds.includes(kind)) &&
    (!a.namespaces ||
      !b.namespaces ||
      a.namespaces.some((one) => b.namespaces?.includes(one) === true))
  );
}

/** Declarations fit each other's names only where they are the same place or share a cluster. */
function candidates(one: Found, declared: readonly Found[]): readonly Found[] {
  const fitting = declared.filter((other) => meansSame(one.site, other.site));
  const near = fitting.filter((other) => shareCluster(one, other));
  return near.length > 0 ? near : fitting;
}

function shareCluster(a: Found, b: Found): boolean {
  return a.file === b.file || overlap(a.model, a.file.path, b.file.path);
}

function overlap({ graph }: WorkspaceModel, a: string, b: string): boolean {
  const others = clustersOf(graph, b);
  for (const one of clustersOf(graph, a)) if (others.has(one)) return true;
  return false;
}
