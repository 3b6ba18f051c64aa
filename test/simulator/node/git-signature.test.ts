/** `spec.verify` of a GitRepository, with real signatures fetched from a real server. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import type { GitRef, SourceAnswer } from "#simulator";

import { verifyGit } from "../../../simulator/node/git-signature.ts";
import { createSources } from "../../../simulator/node/sources.ts";
import {
  otherPgpKey,
  otherSshKey,
  pgpCommit,
  pgpKey,
  pgpTag,
  sshCommit,
  sshKey,
  sshTag,
} from "../../support/signed-objects.ts";
import { optionsOf, serve } from "../../support/sources.ts";
import { git, temporaryFolder, temporaryRepository } from "../../support/temporary-repository.ts";

/** A repository with the branches `pgp`, `ssh`, `forged` and `main`, and the tags `v1` (PGP), `v2` (SSH) and `plain`. */
async function serveSigned(): Promise<string> {
  const repository = temporaryRepository({ a: "1" });
  const write = (type: "commit" | "tag", text: string): string => {
    const file = join(repository, ".git", "object");
    writeFileSync(file, text);
    return git(repository, "hash-object", "-t", type, "-w", file);
  };
  git(repository, "branch", "pgp", write("commit", pgpCommit));
  git(repository, "branch", "ssh", write("commit", sshCommit));
  git(
    repository,
    "branch",
    "forged",
    write("commit", pgpCommit.replace("signed with", "forged as")),
  );
  git(repository, "update-ref", "refs/tags/v1", write("tag", pgpTag));
  git(repository, "update-ref", "refs/tags/v2", write("tag", sshTag));
  git(repository, "tag", "--annotate", "--message", "x", "plain", "pgp");
  git(repository, "tag", "light", "pgp");
  return `${(await serve(repository)).url}/repo`;
}

const both = { "one.asc": pgpKey, "one.sshpub": sshKey };
const others = { "two.asc": otherPgpKey, "two.sshpub": otherSshKey };

describe.each([
  ["git", {}],
  ["isomorphic-git", { git: false }],
] as const)("signatures in what %s fetched", (_, adapter) => {
  it("count when a key of the Secret made them", async () => {
    const url = await serveSigned();
    const sources = createSources(optionsOf(adapter));
    const outcome = async (
      ref: GitRef,
      mode: string,
      keys: Readonly<Record<string, string>>,
    ): Promise<unknown> => {
      const answer: SourceAnswer = await sources.fetch({
        ...{ kind: "git", url, ref, verify: { mode, keys } },
      });
      if (answer.outcome === "available") expect(answer.remarks).toBeUndefined();
      return answer.outcome === "available" ? "good" : answer.reason;
    };
    const cases = [
      [{ branch: "pgp" }, "HEAD", both, "good"],
      [{ branch: "ssh" }, "HEAD", both, "good"],
      [{ branch: "pgp" }, "HEAD", { ...others, ...both }, "good"],
      // A key under a name without a known end counts as PGP.
      [{ branch: "pgp" }, "HEAD", { key: pgpKey }, "good"],
      [{ branch: "pgp" }, "HEAD", others, "unverified"],
      [{ branch: "ssh" }, "HEAD", others, "unverified"],
      [{ branch: "pgp" }, "HEAD", { "one.sshpub": sshKey }, "unverified"],
      [{ branch: "ssh" }, "HEAD", { "one.asc": pgpKey }, "unverified"],
      [{ branch: "forged" }, "HEAD", both, "unverified"],
      [{ branch: "main" }, "HEAD", both, "unverified"],
      [{ branch: "pgp" }, "HEAD", { "one.asc": "no key" }, "unverified"],
      [{ tag: "v1" }, "Tag", both, "good"],
      [{ tag: "v2" }, "TagAndHEAD", both, "good"],
      [{ tag: "v1" }, "TagAndHEAD", others, "unverified"],
      [{ tag: "plain" }, "Tag", both, "unverified"],
      [{ tag: "plain" }, "HEAD", both, "good"],
      [{ tag: "light" }, "Tag", both, "unverified"],
      [{ branch: "pgp" }, "TagAndHEAD", both, "unverified"],
    ] as const;
    for (const [ref, mode, keys, expected] of cases) {
      const names = Object.keys(keys);
      expect([ref, mode, names, await outcome(ref, mode, keys)]).toEqual([
        ...[ref, mode, names, expected],
      ]);
    }
  }, 60_000);
});

describe("what can't be checked", () => {
  it("is a remark", async () => {
    const url = await serveSigned();
    const sources = createSources(optionsOf({ git: false }));
    const unknownKeys = {
      kind: "git",
      url,
      ref: { branch: "pgp" },
      verify: { mode: "HEAD" },
    } as const;
    expect(await sources.fetch(unknownKeys)).toMatchObject({
      outcome: "available",
      remarks: [expect.stringContaining("not known here") as string],
    });
    const before = process.env["PATH"];
    process.env["PATH"] = temporaryFolder();
    onTestFinished(() => void (process.env["PATH"] = before));
    const tools = { folder: temporaryFolder(), signal: new AbortController().signal };
    const commit = { type: "commit", bytes: new TextEncoder().encode(pgpCommit) };
    expect(await verifyGit({ mode: "HEAD", keys: both }, { commit }, tools)).toEqual([
      expect.stringContaining("gpg is not installed") as string,
    ]);
  });
});
