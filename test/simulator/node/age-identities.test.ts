/** Where age keys come from, in sops' order, and that messages don't hold them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readAgeIdentities } from "../../../simulator/node/age-identities.ts";
import { defaultCacheDir } from "../../../simulator/node/cache-dir.ts";
import { temporaryFolder, writeFiles } from "../../support/temporary-repository.ts";

const key = (letter: string): string => `AGE-SECRET-KEY-1${letter.repeat(58)}`;

describe("age identities", () => {
  it("are taken from the option, the file and the text of the environment, each once", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, {
      "option.txt": `# created: today\n# public key: age1xyz\n${key("A")}\n`,
      "env.txt": `${key("B")}\r\n${key("A")}`,
    });
    const env = {
      SOPS_AGE_KEY_FILE: join(folder, "env.txt"),
      SOPS_AGE_KEY: key("C").toLowerCase(),
    };
    const found = await readAgeIdentities({ file: join(folder, "option.txt"), env });
    expect(found).toEqual({ identities: [key("A"), key("B"), key("C")], problems: [] });
  });

  it("are taken from sops' own file only when asked for", async () => {
    const home = temporaryFolder();
    writeFiles(home, {
      ".config/sops/age/keys.txt": key("D"),
      "Library/Application Support/sops/age/keys.txt": key("E"),
    });
    const env = { HOME: home };
    expect((await readAgeIdentities({ env, platform: "linux" })).identities).toEqual([]);
    expect(
      (await readAgeIdentities({ env, useDefault: true, platform: "linux" })).identities,
    ).toEqual([key("D")]);
    expect(
      (await readAgeIdentities({ env, useDefault: true, platform: "darwin" })).identities,
    ).toEqual([key("E")]);
    const elsewhere = { HOME: home, XDG_CONFIG_HOME: join(home, "nothing") };
    expect(
      await readAgeIdentities({ env: elsewhere, useDefault: true, platform: "linux" }),
    ).toEqual({ identities: [], problems: [] });
  });

  it("that are missing or wrong are problems without the text", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "bad.txt"), "hunter2\n");
    const found = await readAgeIdentities({
      file: join(folder, "missing.txt"),
      env: { SOPS_AGE_KEY_FILE: join(folder, "bad.txt") },
    });
    expect(found.identities).toEqual([]);
    expect(found.problems).toHaveLength(3);
    expect(found.problems.join()).not.toContain("hunter2");
  });
});

describe("the cache folder", () => {
  it("is the platform's own", () => {
    expect(defaultCacheDir({ HOME: "/h" }, "linux")).toBe("/h/.cache/sluice");
    expect(defaultCacheDir({ HOME: "/h", XDG_CACHE_HOME: "/x" }, "linux")).toBe("/x/sluice");
    expect(defaultCacheDir({ HOME: "/h", XDG_CACHE_HOME: "relative" }, "linux")).toBe(
      "/h/.cache/sluice",
    );
    expect(defaultCacheDir({ HOME: "/h" }, "darwin")).toBe("/h/Library/Caches/sluice");
  });
});
