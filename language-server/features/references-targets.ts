/**
 * Which names mean the same object. Kind, name and namespace decide; where several clusters live in one repository, a name
 * means the object of its own cluster when there is one.
 */
import { clustersOf } from "./references-clusters.ts";
import type { NameSite, Place } from "./references-site.ts";
import { namespacesOfSite } from "./references-site.ts";
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
function namesLike(subject: Found, signal?: AbortSignal): readonly Found[] {
  const { model, site } = subject;
  const namespaces = namespacesOfSite(subject, site);
  const found: Found[] = [];
  for (const source of model.files.values()) {
    signal?.throwIfAborted();
    const file = source.isYaml && mentions(source.text, site.name) ? source.manifest : undefined;
    for (const part of file?.parts ?? []) {
      if (!file || !mentions(part.document.text, site.name)) continue;
      const place = { model, file, part };
      const named = namesIn(place).filter((other) => isNamedSame(site, other));
      found.push(
        ...named
          .filter((other) => overlap(namespaces, namespacesOfSite(place, other)))
          .map((other) => ({ ...place, site: other })),
      );
    }
  }
  return found;
}

/** As a word of its own. */
function mentions(text: string | undefined, name: string): boolean {
  if (text === undefined) return false;
  const isWord = (at: number): boolean => /[\w-]/.test(text[at] ?? " ");
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!isWord(at - 1) && !isWord(at + name.length)) return true;
  return false;
}

function isNamedSame(a: NameSite, b: NameSite): boolean {
  return a.name === b.name && a.kinds.some((kind) => b.kinds.includes(kind));
}

/** Not knowing fits everything. */
function overlap(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return !a || !b || a.some((one) => b.includes(one));
}

/** Of several declarations that a name fits, those of its own cluster, when there are any. */
function candidates(one: Found, declared: readonly Found[]): readonly Found[] {
  const namespaces = namespacesOfSite(one, one.site);
  const fitting = declared.filter(
    (other) =>
      isNamedSame(one.site, other.site) && overlap(namespaces, namespacesOfSite(other, other.site)),
  );
  const near = fitting.filter((other) => shareCluster(one, other));
  return near.length > 0 ? near : fitting;
}

function shareCluster(a: Found, b: Found): boolean {
  if (a.file === b.file) return true;
  const others = clustersOf(b.model.graph, b.file.path);
  for (const one of clustersOf(a.model.graph, a.file.path)) if (others.has(one)) return true;
  return false;
}
