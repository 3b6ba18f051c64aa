/**
 * Takes out of an upstream message what may be a secret. kustomize and the API machinery quote whole patches, literals,
 * objects and addresses in their errors; the engine has already taken out every value that it knows to be secret.
 */

const maxLength = 4_000;

/** The message without credentials and quoted secrets, of bounded length. Messages without any are returned as they are. */
export function discreet(message: string): string {
  const text = rules.reduce((current, rule) => rule(current), message.slice(0, 20 * maxLength));
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

type Rule = (message: string) => string;

const hidden = "(hidden)";
const speaksOfSecrets = /\bSecret\b|\bstringData\b/;

/** `https://user:token@host`. The user of an ssh address is no secret, its password is. */
const urlCredentials: Rule = (message) =>
  message
    .replace(/(https?:\/\/)[^\s/@'"`]{1,1000}@/gi, "$1")
    .replace(/([a-z]{2,8}:\/\/[^\s/@:'"`]{1,200}):[^\s/@'"`]{1,1000}@/gi, "$1@");

/** kustomize `api/internal/target/kusttarget_configplugin.go` quotes the configuration, with inline patches. */
const configuration: Rule = (message) =>
  message.replace(/ with config: `[^`]*`/g, (quoted) =>
    speaksOfSecrets.test(quoted) ? ` with config: ${hidden}` : quoted,
  );

/** kustomize `api/internal/builtins/PatchTransformer.go`: the text of a patch that is none. */
const patchText: Rule = (message) =>
  speaksOfSecrets.test(message)
    ? message.replace(/(JSON patch from \[)[\s\S]*\]/, `$1${hidden}]`)
    : message;

/** kustomize `api/kv/kv.go`: literals of generators. */
const literals: Rule = (message) =>
  message.replace(
    /literal sources \[[\s\S]*\]: (invalid literal source )[\s\S]*(, expected key=value)/,
    `literal sources ${hidden}: $1${hidden}$2`,
  );

/** Whole objects in Go's notation, or as YAML. */
const objects: Rule = (message) =>
  speaksOfSecrets.test(message)
    ? message
        .replace(/map\[string\]interface \{\}\{[\s\S]*\}/, hidden)
        .replace(/(apiVersion, kind and name from: )[\s\S]*$/, `$1${hidden}`)
    : message;

/** The values of a Secret that has the wrong types (`structured-merge-diff`), and those that are no single value. */
const typedValues: Rule = (message) => {
  const plain = message
    .replace(/got &value\.valueUnstructured\{Value:(?:map\[|\[\])[\s\S]*\}/, `got ${hidden}`)
    .replace(/got &\{[\s\S]*\}/, `got ${hidden}`);
  return message.startsWith("Secret/")
    ? plain.replace(/got &value\.valueUnstructured\{[\s\S]*\}/, `got ${hidden}`)
    : plain;
};

/** Values that YAML takes for a mark: a password that begins with `*` or `!`. */
const yamlMarks: Rule = (message) =>
  message
    .replace(/unknown anchor '[^']*'/g, `unknown anchor ${hidden}`)
    .replace(/(cannot decode !!\w+ )`[^`]*`/g, `$1${hidden}`);

const rules: readonly Rule[] = [
  urlCredentials,
  configuration,
  patchText,
  literals,
  objects,
  typedValues,
  yamlMarks,
];
