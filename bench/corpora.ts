/** Copies of the corpora to work on: unpacked from `NAME/corpus.tar.gz`, or copied from a folder that is a work tree. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Corpus {
  readonly name: string;
  /** A Git work tree of one's own. */
  readonly dir: string;
  /** Where its cluster starts. */
  readonly cluster: string;
}

const clusterFolder = "kubernetes/flux/cluster";

/** Corpora without that folder have no cluster that both tools can start from, and are left out. */
export function unpackCorpora(folder: string, into: string): readonly Corpus[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const dir = join(into, name);
      const archive = join(folder, name, "corpus.tar.gz");
      if (existsSync(archive)) {
        mkdirSync(dir);
        execFileSync("tar", ["-xzf", archive, "-C", dir, "--no-same-owner"]);
      } else if (existsSync(join(folder, name, ".git"))) {
        cpSync(join(folder, name), dir, { recursive: true, verbatimSymlinks: true });
      } else {
        return [];
      }
      const root = existsSync(join(dir, ".git")) ? dir : join(dir, readdirSync(dir)[0] ?? "");
      return existsSync(join(root, clusterFolder))
        ? [{ name, dir: root, cluster: clusterFolder }]
        : [];
    });
}

/** One line of a file, before and after. */
export interface LineEdit {
  readonly path: string;
  readonly before: string;
  /** The text with the line changed; each number gives another. */
  readonly after: (value: number) => string;
}

/** The HelmReleases of the repository, each with another interval. */
export function appEdits(corpus: Corpus): readonly LineEdit[] {
  return trackedFiles(corpus)
    .filter((path) => /\/app\/helmrelease\.ya?ml$/.test(path))
    .flatMap((path) =>
      lineEdit(corpus, path, /^ {2}interval: .*$/m, (value) => `  interval: ${value}m`),
    );
}

/** The HelmReleases of the repository, each with another image tag in its values. */
export function valueEdits(corpus: Corpus): readonly LineEdit[] {
  return trackedFiles(corpus)
    .filter((path) => /\/app\/helmrelease\.ya?ml$/.test(path))
    .flatMap((path) => lineEdit(corpus, path, /^( {10,})tag: .*$/m, (value) => `$1tag: v${value}`));
}

/** The Flux Kustomizations of the apps, each with another interval: their parent and they themselves are built again. */
export function kustomizationEdits(corpus: Corpus): readonly LineEdit[] {
  return trackedFiles(corpus)
    .filter((path) => /^kubernetes\/apps\/.*\/ks\.ya?ml$/.test(path))
    .flatMap((path) =>
      lineEdit(corpus, path, /^ {2}interval: .*$/m, (value) => `  interval: ${value}m`),
    );
}

/** The patch in the root that reaches every Kustomization: another number of retries. */
export function rootPatchEdit(corpus: Corpus): LineEdit {
  const edits = trackedFiles(corpus)
    .filter((path) => path.startsWith(`${clusterFolder}/`))
    .flatMap((path) =>
      lineEdit(corpus, path, /^( +)retries: .*$/m, (value) => `$1retries: ${value}`),
    );
  const edit = edits[0];
  if (edit === undefined)
    throw new Error(`${corpus.name} has no root patch with a line "retries:"`);
  return edit;
}

function lineEdit(
  { dir }: Corpus,
  path: string,
  line: RegExp,
  text: (value: number) => string,
): readonly LineEdit[] {
  const before = readFileSync(join(dir, path), "utf8");
  if (!line.test(before)) return [];
  return [{ path, before, after: (value) => before.replace(line, text(value)) }];
}

function trackedFiles({ dir }: Corpus): readonly string[] {
  return execFileSync("git", ["ls-files", "-z"], { cwd: dir, encoding: "utf8" }).split("\0").sort();
}
