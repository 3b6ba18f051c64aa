/** The table of verbs: what each is for, its formats, exit codes and examples. Help and docs/cli.md are made from it. */

export const verbNames = [
  "build",
  "diff",
  "merge",
  "tree",
  "check",
  "lint",
  "lsp",
  "images",
  "values",
  "outlook",
  "updates",
  "bootstrap",
  "publish",
  "hook",
  "cache",
  "completion",
] as const;
export type Verb = (typeof verbNames)[number];

export interface VerbSpec {
  /** One line, for the overview. */
  readonly summary: string;
  /** What follows the verb on the usage line. */
  readonly operand: string;
  /** Formats of `-o`, the default first; empty when the verb has no `-o`. */
  readonly formats: readonly string[];
  readonly about: readonly string[];
  readonly exitCodes: readonly string[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
}

const couldNotRun = "2  could not run: bad arguments, unreadable folder, unknown revision";

export const verbs: Readonly<Record<Verb, VerbSpec>> = {
  build: {
    summary: "print every object that Flux would apply",
    operand: "[DIR]",
    formats: ["text", "yaml", "json"],
    about: [
      "Renders everything that Flux would apply from the repository in DIR (default: here), children of",
      "children included, and prints the objects. Nothing is applied; no cluster is needed.",
      "What can't be rendered is reported on stderr, and the rest is printed all the same.",
      "Secrets are left out, and their values masked elsewhere, unless --show-secrets is given.",
    ],
    exitCodes: [
      "0  everything was rendered",
      "1  something has an error; the rest was printed",
      couldNotRun,
    ],
    examples: [
      ["sluice build", "YAML of everything, grouped by applier"],
      ["sluice build --path clusters/production -o json", "one cluster, for programs"],
      ["sluice build --only apps/podinfo", "what one Kustomization or HelmRelease applies"],
      ["sluice build --to v1.4.0 | less", "as it was at a tag"],
    ],
  },
  diff: {
    summary: "print what would change if the working tree were pushed",
    operand: "[DIR]",
    formats: ["text", "json", "yaml", "markdown", "sarif", "junit"],
    about: [
      "Renders two states of the repository in DIR (default: here) and prints the difference, object by",
      "object and field by field: what would be created, changed, deleted by pruning, moved to another",
      "applier, or kept although it left the render. Without --from and --to it compares HEAD with the",
      "working tree, files not yet added to Git included.",
      "Values of Secrets are compared but never shown.",
      "With --context the old state is a running cluster: its API server says what it would store, by dry",
      "runs. Nothing is changed there. The user's own kubeconfig is used, with its exec plugins.",
      "Risks are what a push may do and nobody may want: data that goes with an object, rights that grow,",
      "fields that can't be changed. docs/risks explains each and how it is silenced.",
    ],
    exitCodes: [
      "0  no difference and no error (see --fail-on)",
      "1  differences, or errors in the new state",
      couldNotRun,
    ],
    examples: [
      ["sluice diff", "what a push of the working tree would do"],
      ["sluice diff --from merge-base:main -o markdown", "a comment for a pull request"],
      ["sluice diff --from v1.4.0 --to HEAD", "between two revisions"],
      ["sluice diff --fail-on risk", "a gate before the push"],
      ["sluice diff --from ../other-checkout", "against another folder"],
      ["sluice diff --context production", "against a running cluster"],
    ],
  },
  merge: {
    summary: "print one plan, from the parts of sluice diff --shard",
    operand: "[FOLDER]",
    formats: ["text", "json", "yaml", "markdown", "sarif", "junit"],
    about: [
      "Reads every *.json file below FOLDER (default: here), which have to be all parts of one plan, and",
      "prints what sluice diff without --shard would print, byte for byte. So a repository with many",
      "clusters can be simulated on several machines. Nothing is rendered.",
    ],
    exitCodes: [
      "0  no difference and no error (see --fail-on)",
      "1  differences, or errors in the new state",
      "2  a part is missing, is there twice, or belongs to another plan",
    ],
    examples: [
      ["sluice merge parts", "parts/1.json, parts/2.json of sluice diff --shard"],
      ["sluice merge parts -o markdown --fail-on risk", "comment and gate of a pull request"],
    ],
  },
  tree: {
    summary: "print the clusters and what applies what",
    operand: "[DIR]",
    formats: ["text", "json", "yaml"],
    about: [
      "Prints each cluster found in DIR (default: here) with its appliers as a tree: parents above the",
      "children that their render contains, each with its state, path, source, number of objects and",
      "dependencies.",
    ],
    exitCodes: ["0  everything would become ready", "1  something has an error", couldNotRun],
    examples: [
      ["sluice tree", "the whole repository"],
      ["sluice tree --root bootstrap.yaml", "start from these Flux objects"],
    ],
  },
  check: {
    summary: "print what is wrong, at file and line",
    operand: "[DIR]",
    formats: ["text", "json", "yaml"],
    about: [
      "Renders everything in DIR (default: here) and prints problems only, one a line as FILE:LINE:COLUMN.",
      "With --from only the problems that the other state does not have.",
    ],
    exitCodes: ["0  no error (see --fail-on)", "1  errors", couldNotRun],
    examples: [
      ["sluice check", "before a commit"],
      ["sluice check --from merge-base:main", "only what this branch broke"],
      ["sluice check --offline --fail-on warning", "strict, without the network"],
    ],
  },
  images: {
    summary: "print the container images of everything, or how they change",
    operand: "[DIR]",
    formats: ["text", "json", "yaml"],
    about: [
      "Renders everything in DIR (default: here), Helm charts included, and prints the container images",
      "with the objects that name them. With --from only the images that come and go.",
    ],
    exitCodes: [
      "0  printed; with --from: the same images",
      "1  something has an error; with --from: other images",
      couldNotRun,
    ],
    examples: [
      ["sluice images", "what runs after the push"],
      ["sluice images --from HEAD", "what the working tree changes about it"],
      ["sluice images -o json | jq -r '.images[].image'", "for a scanner"],
    ],
  },
  values: {
    summary: "print the effective values of Helm releases",
    operand: "[DIR]",
    formats: ["text"],
    about: [
      "Prints what the charts of DIR (default: here) are rendered with: the chart's defaults, valuesFrom",
      "and spec.values, merged as helm-controller merges them. Comments say where a value comes from;",
      "what has no comment is the chart's own. Values of Secrets are digests.",
    ],
    exitCodes: ["0  printed", "1  a release has no values, because it fails before", couldNotRun],
    examples: [["sluice values --release apps/podinfo", "one release"]],
  },
  updates: {
    summary: "print what the next commits of image automation would change",
    operand: "[DIR]",
    formats: ["text", "json", "yaml"],
    about: [
      "Prints the tag that each ImagePolicy in DIR (default: here) would choose, and the fields that each",
      "ImageUpdateAutomation would then write into the files of the repository. Nothing is written.",
      "The tags are those of the file that --tags names: a YAML map of images to lists of tags, or of",
      "maps with tag and digest. Without it only what --live says about latest images is used. No",
      "registry is asked.",
    ],
    exitCodes: ["0  nothing would change", "1  something would change, or has no tag", couldNotRun],
    examples: [["sluice updates -o json", "for programs; with --tags tags.yaml for real tags"]],
  },
  bootstrap: {
    summary: "plan or write what flux bootstrap would commit",
    operand: "[DIR]",
    formats: ["text", "json", "yaml"],
    about: [
      "Makes the files that flux bootstrap commits to the repository in DIR (default: here): the",
      "manifests of Flux's controllers, the source and the Kustomization of the cluster, and a",
      "kustomization over them, in the folder flux-system of --path. They are byte for byte Flux's own.",
      "Only the plan is printed unless --write is given. Files that Flux did not generate are never",
      "replaced. No cluster is asked, nothing is committed, and no credentials are made: the Secret that",
      "the source names has to be created in the cluster.",
    ],
    exitCodes: ["0  printed or written", "2  bad arguments, files of somebody else in the way"],
    examples: [
      ["sluice bootstrap --url https://host/org/fleet --path clusters/a", "what would be written"],
      ["sluice bootstrap --url oci://host/org/fleet -o json", "the texts, from an OCI artifact"],
    ],
  },
  publish: {
    summary: "publish a folder as an OCI artifact, or print its digest",
    operand: "oci://HOST/PATH[:TAG]",
    formats: ["text", "json", "yaml"],
    about: [
      "Makes the artifact that flux push artifact makes of the folder --path (default: here), with the",
      "same bytes and so the same digest, and pushes it to the registry under TAG (default: latest).",
      "Without --source and --revision they are those of the Git repository. Files that flux leaves out",
      "are left out: those of Git, pictures and archives. Links are left out as well.",
      "Credentials are those of docker login, or the variables SLUICE_USERNAME and SLUICE_PASSWORD.",
      "With --dry-run nothing is sent. With --diff the plan is printed first: what clusters that follow the",
      "tag would get, against the artifact that it leads to now; --fail-on can stop it then. An artifact",
      "that somebody else has put there since is not replaced.",
    ],
    exitCodes: [
      "0  published, or with --dry-run made",
      "1  stopped by --fail-on; nothing was sent",
      "2  could not be made or pushed",
    ],
    examples: [
      ["sluice publish oci://ghcr.io/org/fleet:main --path .", "as flux push artifact does"],
      ["sluice publish oci://ghcr.io/org/fleet --dry-run -o json", "only the digest"],
      ["sluice publish oci://ghcr.io/org/fleet:main --fail-on risk", "not with risks"],
    ],
  },
  hook: {
    summary: "hold back risky git pushes: install, remove or show the gate",
    operand: "[status|install|remove|run]",
    formats: [],
    about: [
      "Puts a pre-push hook into the Git repository of the current folder that runs sluice diff for what",
      "is pushed, and gives up the push when --fail-on says so (default: risk). A hook that is there",
      "already is kept and runs first; core.hooksPath is respected. git push --no-verify skips it.",
      "run is what the hook calls: it reads what git tells a hook. Deleted branches and tags are not",
      "simulated; of a new branch the commits since it left the remote's main branch are.",
    ],
    exitCodes: ["0  done; run: push", "1  run: do not push", "2  could not run"],
    examples: [
      ["sluice hook install --fail-on risk=high", "stop pushes with high risks or new errors"],
      ["sluice hook remove", "and the hook that was there before is back"],
    ],
  },
  outlook: {
    summary: "print who would be told what, and what Flagger would do",
    operand: "[DIR]",
    formats: ["text", "json", "yaml"],
    about: [
      "Renders everything in DIR (default: here) and prints what follows once it is applied: which events",
      "of which objects each Alert would send where, what each Receiver would reconcile, and which",
      "objects Flagger would make for each Canary, with the steps of its analysis. Nothing is sent.",
    ],
    exitCodes: ["0  printed", "1  an Alert, Receiver or Canary can't work as it is", couldNotRun],
    examples: [
      ["sluice outlook", "everything"],
      ["sluice outlook -o json", "for programs"],
    ],
  },
  cache: {
    summary: "list or clear what was fetched and kept on disk",
    operand: "[list|clear|path]",
    formats: ["text", "json", "yaml"],
    about: [
      "Prints the sources that are kept on disk, with their size and the time they were fetched (list, the",
      "default), removes them (clear), or prints the folder they are in (path). The folder is shared with",
      "the editor. Above 2 GB the least recently used ones go by themselves.",
      "With --kind and --older-than only some of them.",
    ],
    exitCodes: ["0  printed or cleared", "2  unknown word, unreadable folder"],
    examples: [
      ["sluice cache", "what is kept"],
      ["sluice cache clear --older-than 30d", "only what was not used for a month"],
      ["sluice cache clear --kind chart", "only charts"],
    ],
  },
  lint: {
    summary: "print what the rules of the editor find",
    operand: "[DIR]",
    formats: ["text", "json", "sarif", "junit", "github"],
    about: [
      "Checks every manifest in DIR (default: here) with the rules that the editor uses, and prints what",
      "they find, one a line as FILE:LINE:COLUMN. What can only be known by rendering is rendered first, as",
      "sluice check does; --no-render leaves that out and is quick. Each rule has a page in docs/rules.",
      "Comments silence: # sluice-ignore CODE on the line or above it, # sluice-ignore-file CODE anywhere.",
    ],
    exitCodes: ["0  no finding at or above --fail-on", "1  findings", couldNotRun],
    examples: [
      ["sluice lint", "before a commit"],
      ["sluice lint --no-render --fail-on warning", "quick and strict"],
      ["sluice lint -o sarif > sluice.sarif", "for code scanning"],
      ["sluice lint --rule flux/suspended=off --ignore 'archive/**'", "less of it"],
    ],
  },
  lsp: {
    summary: "be the language server of editors other than VS Code",
    operand: "",
    formats: [],
    about: [
      "Is the language server for editors other than VS Code: it speaks LSP on its standard input and",
      "output (--stdio, which is the default and all there is). docs/other-editors.md shows how Neovim and",
      "Helix start it.",
    ],
    exitCodes: ["0  the editor said goodbye", "1  the editor went away"],
    examples: [["sluice lsp --stdio", "what an editor runs"]],
  },
  completion: {
    summary: "print a completion script for a shell",
    operand: "bash|zsh|fish",
    formats: [],
    about: ["Prints a script that teaches the shell sluice's verbs, options and their values."],
    exitCodes: ["0  printed", "2  unknown shell"],
    examples: [
      ['eval "$(sluice completion bash)"', "in ~/.bashrc"],
      ['eval "$(sluice completion zsh)"', "in ~/.zshrc, after compinit"],
      ["sluice completion fish > ~/.config/fish/completions/sluice.fish", "once"],
    ],
  },
};

export function isVerb(word: string): word is Verb {
  return (verbNames as readonly string[]).includes(word);
}
