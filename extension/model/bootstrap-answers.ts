/** What a person types when Flux is set up, as the options of the plan. */
import type { BootstrapOptions } from "#simulator";

/** Why an address can't be one, or nothing. */
export function checkUrl(text: string): string | undefined {
  if (/^(https|ssh|oci):\/\/[^\s/]+\/\S+$/.test(text)) return undefined;
  return "It begins with https://, ssh:// or oci:// and names a repository.";
}

/** A branch of a Git repository, or a tag of an artifact. */
export function bootstrapSource(url: string, revision: string): BootstrapOptions["source"] {
  const named = revision.trim();
  if (url.startsWith("oci://"))
    return { kind: "oci", url, ...(named === "" ? {} : { tag: named }) };
  return { kind: "git", url, ...(named === "" ? {} : { branch: named }) };
}
