/** Completion scripts for bash, zsh and fish, made from the tables. The words in them are ours, never a repository's. */
import { gateWords, riskNames } from "./gate.ts";
import { optionHelp } from "./help.ts";
import { optionsOf } from "./options.ts";
import type { OptionSpec } from "./options.ts";
import { UserError } from "./user-error.ts";
import { verbNames, verbs } from "./verb-table.ts";
import type { Verb } from "./verb-table.ts";

const shells = ["bash", "zsh", "fish"] as const;

/** Verbs whose operand is no folder. */
const operandWords: Partial<Record<Verb, readonly string[]>> = {
  cache: ["list", "clear", "path"],
  completion: shells,
  hook: ["status", "install", "remove"],
};

/** Throws a `UserError` for a shell that it doesn't know. */
export function completionScript(shell: string | undefined): string {
  if (shell === undefined)
    throw new UserError(`Which shell? sluice completion ${shells.join("|")}.`);
  const known = shells.find((each) => each === shell);
  if (known === undefined)
    throw new UserError(
      `There is no completion for "${shell}"; there is for ${shells.join(", ")}.`,
    );
  switch (known) {
    case "bash":
      return bashScript();
    case "zsh":
      return zshScript();
    case "fish":
      return fishScript();
  }
}

/** The values that a shell offers after an option: words, or the name of a sort of file. */
function offered(option: OptionSpec, verb: Verb): "file" | "folder" | readonly string[] {
  if (option.name === "output") return verbs[verb].formats;
  if (option.name === "fail-on" && verb !== "check" && verb !== "lint") return gateWords;
  if (option.name === "risk") return riskNames.map((name) => `${name}=off`);
  return option.complete ?? [];
}

function flagsOf(option: OptionSpec): readonly string[] {
  return [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])];
}

function bashScript(): string {
  return `# bash completion for sluice; load with: eval "$(sluice completion bash)"
_sluice() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb="" word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${verbNames.join("|")}) verb="$word"; break ;; esac
  done
  case "$verb:$previous" in
${verbNames.flatMap(bashValueCases).join("\n")}
  esac
  case "$verb" in
    "") COMPREPLY=($(compgen -W "${verbNames.join(" ")} --help --version" -- "$current")) ;;
${verbNames.map(bashVerbCase).join("\n")}
  esac
}
complete -o filenames -F _sluice sluice
`;
}

function bashValueCases(verb: Verb): readonly string[] {
  return optionsOf(verb)
    .filter((option) => option.value !== undefined)
    .map((option) => {
      const pattern = flagsOf(option)
        .map((flag) => `${verb}:${flag}`)
        .join("|");
      return `    ${pattern}) COMPREPLY=($(${bashWords(offered(option, verb))} -- "$current")); return ;;`;
    });
}

function bashWords(offer: "file" | "folder" | readonly string[]): string {
  if (offer === "file") return "compgen -f";
  if (offer === "folder") return "compgen -d";
  return `compgen -W "${offer.join(" ")}"`;
}

function bashVerbCase(verb: Verb): string {
  const flags = optionsOf(verb)
    .map((option) => `--${option.name}`)
    .join(" ");
  const words = operandWords[verb];
  const operands = words === undefined ? "compgen -d" : `compgen -W "${words.join(" ")}"`;
  return `    ${verb})
      if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "${flags}" -- "$current"))
      else COMPREPLY=($(${operands} -- "$current")); fi ;;`;
}

function zshScript(): string {
  const summaries = verbNames.map((verb) => `'${verb}:${zshText(verbs[verb].summary)}'`).join(" ");
  return `#compdef sluice
# zsh completion for sluice; load with: eval "$(sluice completion zsh)"
_sluice() {
  local line state
  _arguments -C '1: :->verb' '*:: :->rest'
  case $state in
    verb) local -a verbs; verbs=(${summaries}); _describe verb verbs ;;
    rest)
      case $line[1] in
${verbNames.map(zshVerbCase).join("\n")}
      esac ;;
  esac
}
compdef _sluice sluice
`;
}

function zshVerbCase(verb: Verb): string {
  const words = operandWords[verb];
  const operand = words === undefined ? "'1:folder:_files -/'" : `'1:operand:(${words.join(" ")})'`;
  const specs = optionsOf(verb).flatMap((option) =>
    flagsOf(option).map((flag) => zshOption(option, flag, verb)),
  );
  return `        ${verb}) _arguments ${[...specs, operand].join(" ")} ;;`;
}

function zshOption(option: OptionSpec, flag: string, verb: Verb): string {
  const star = option.repeatable === true ? "*" : "";
  return `'${star}${flag}[${zshText(optionHelp(option, verb))}]${zshValue(option, verb)}'`;
}

function zshValue(option: OptionSpec, verb: Verb): string {
  if (option.value === undefined) return "";
  const offer = offered(option, verb);
  if (offer === "file") return ":file:_files";
  if (offer === "folder") return ":folder:_files -/";
  return `:${zshText(option.value)}:(${offer.join(" ")})`;
}

function zshText(text: string): string {
  return text.replace(/'/g, "'\\''").replace(/[[\]:]/g, "\\$&");
}

function fishScript(): string {
  const noVerb = `not __fish_seen_subcommand_from ${verbNames.join(" ")}`;
  return [
    "# fish completion for sluice",
    "complete -c sluice -f",
    ...verbNames.map(
      (verb) =>
        `complete -c sluice -n '${noVerb}' -a ${verb} -d '${fishText(verbs[verb].summary)}'`,
    ),
    ...verbNames.flatMap(fishVerb),
    "",
  ].join("\n");
}

function fishVerb(verb: Verb): readonly string[] {
  const prefix = `complete -c sluice -n '__fish_seen_subcommand_from ${verb}'`;
  const operands = operandWords[verb]?.join(" ") ?? "(__fish_complete_directories)";
  return [
    `${prefix} -a '${operands}'`,
    ...optionsOf(verb).map((option) => {
      const short = option.short === undefined ? "" : ` -s ${option.short}`;
      return `${prefix} -l ${option.name}${short}${fishValue(option, verb)} -d '${fishText(optionHelp(option, verb))}'`;
    }),
  ];
}

function fishValue(option: OptionSpec, verb: Verb): string {
  if (option.value === undefined) return "";
  const offer = offered(option, verb);
  if (offer === "file") return " -r -F";
  if (offer === "folder") return " -x -a '(__fish_complete_directories)'";
  return ` -x -a '${offer.join(" ")}'`;
}

function fishText(text: string): string {
  return text.replace(/[\\']/g, "\\$&");
}
