// An answer says what it depends on: nothing that is not listed may change it, and what is listed is really looked at.
import { describe, expect, it } from "vitest";

import { build, configMap, type Files } from "./fixture.ts";

const files: Files = {
  "apps/kustomization.yaml":
    "resources: [web, cm.yaml]\npatches: [{path: patch.yaml}]\nconfigMapGenerator: [{name: g, files: [data/a.txt]}]\n",
  "apps/cm.yaml": configMap("cm"),
  "apps/patch.yaml": configMap("cm", { patched: "yes" }),
  "apps/data/a.txt": "text",
  "apps/data/unused.txt": "text",
  "apps/web/one.yaml": configMap("one"),
  "apps/web/kustomization.yml": "resources: [one.yaml]\n",
  "other/cm.yaml": configMap("other"),
};

describe("with kustomization files", () => {
  const result = build(files, { path: "apps" });
  const { reads } = result;

  it("lists the files that were read", () => {
    expect(reads.files).toEqual([
      "repo/apps/cm.yaml",
      "repo/apps/data/a.txt",
      "repo/apps/kustomization.yaml",
      "repo/apps/patch.yaml",
      "repo/apps/web/kustomization.yml",
      "repo/apps/web/one.yaml",
    ]);
  });
  it("lists what was looked for in vain", () => {
    expect(reads.absent).toEqual([
      "repo/apps/Kustomization",
      "repo/apps/kustomization.yml",
      "repo/apps/web/Kustomization",
      "repo/apps/web/kustomization.yaml",
    ]);
  });
  it("needs no listing", () => {
    expect(reads.listings).toEqual([]);
  });
  it("does not change with anything else", () => {
    const changed = {
      ...files,
      "apps/data/unused.txt": "new",
      "apps/web/new.yaml": "no: object",
      "other/cm.yaml": "[",
    };
    expect(build(changed, { path: "apps" }).objects).toEqual(result.objects);
  });
  it.each(Object.keys(files).filter((path) => reads.files.includes(`repo/${path}`)))(
    "changes with %s",
    (path) => {
      const { [path]: _gone, ...rest } = files;
      expect(build(rest, { path: "apps" })).not.toEqual(result);
    },
  );
});

describe("without", () => {
  it("lists the folders whose names decide", () => {
    const { reads } = build(files, { path: "." });
    expect(reads.listings).toEqual(["repo/", "repo/other/"]);
    expect(reads.absent).toContain("repo/other/kustomization.yaml");
  });
  it("notes a folder that was only seen to be there", () => {
    const { reads } = build({
      "kustomization.yaml": "resources: [empty]\n",
      "empty/readme.md": "",
    });
    expect(reads.listings).toEqual(["repo/empty/"]);
  });
  it("notes a path that is not there", () => {
    expect(build(files, { path: "gone/deeper" }).reads).toEqual({
      files: [],
      listings: [],
      absent: ["repo/gone/deeper"],
    });
  });
});
