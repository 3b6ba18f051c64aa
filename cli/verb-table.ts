/** The table of verbs: what each is for, its formats, exit codes and examples. Help and docs/cli.md are made from it. */

export const verbNames = ["build", "diff", "tree", "check", "completion"] as const;
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
      ["sluice build --to v1.4.0 | less", "as it was at a tag"],
    ],
  },
  diff: {
    summary: "print what would change if the working tree were pushed",
    operand: "[DIR]",
    formats: ["text", "json", "yaml", "markdown"],
    about: [
      "Renders two states of the repository in DIR (default: here) and prints the difference, object by",
      "object and field by field: what would be created, changed, deleted by pruning, moved to another",
      "applier, or kept although it left the render. Without --from and --to it compares HEAD with the",
      "working tree, files not yet added to Git included.",
      "Values of Secrets are compared but never shown.",
    ],
    exitCodes: [
      "0  no difference and no error",
      "1  differences, or errors in the new state",
      couldNotRun,
    ],
    examples: [
      ["sluice diff", "what a push of the working tree would do"],
      ["sluice diff --from merge-base:main -o markdown", "a comment for a pull request"],
      ["sluice diff --from v1.4.0 --to HEAD", "between two revisions"],
      ["sluice diff --from ../other-checkout", "against another folder"],
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
