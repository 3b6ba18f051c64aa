// Remote bases: the engine says what it needs, the host answers, and kustomize goes on as if it had fetched it.
import { describe, expect, it } from "vitest";

import { build, configMap, objectsOf } from "./fixture.ts";

const file = "https://raw.example.test/org/repo/main/cm.yaml";
const repository = "https://git.example.test/org/repo//deploy?ref=v1";
const files = { "kustomization.yaml": `resources: ["${file}", "${repository}"]\n` };
const httpKey = `http:${file}`;
const gitKey = "git:https://git.example.test/org/repo@v1";

describe("needs", () => {
  it("are all found at once", () => {
    const result = build(files);
    expect(result.failure?.stage).toBe("build");
    expect(result.needs).toEqual([
      {
        kind: "git",
        key: gitKey,
        url: "https://git.example.test/org/repo",
        ref: "v1",
        submodules: true,
      },
      { kind: "http", key: httpKey, url: file },
    ]);
  });

  it("are those of local bases as well", () => {
    const result = build({
      "kustomization.yaml": "resources: [base]\n",
      "base/kustomization.yaml": `resources: ["${file}"]\n`,
    });
    expect(result.needs.map(({ key }) => key)).toEqual([httpKey]);
  });

  it("are met by artifacts, which then belong to what was read", () => {
    const remotes = [
      { key: httpKey, artifact: "file" },
      { key: gitKey, artifact: "clone" },
    ];
    const others = {
      file: { content: configMap("from-file") },
      clone: {
        "deploy/kustomization.yaml": "resources: [cm.yaml]\n",
        "deploy/cm.yaml": configMap("from-clone"),
      },
    };
    const result = build(files, {}, { remotes, mode: "origins" }, others);
    expect(objectsOf(result)).toHaveLength(2);
    expect(result.needs).toEqual([]);
    expect(result.reads.files).toContain("file/content");
    expect(result.reads.files).toContain("clone/deploy/cm.yaml");
    expect(result.objects.map(({ origin }) => origin)).toEqual([
      { path: "main/cm.yaml", remote: "https://raw.example.test/org/repo" },
      { path: "deploy/cm.yaml", remote: "https://git.example.test/org/repo?ref=v1" },
    ]);
  });

  it("of a clone stay within the clone", () => {
    const remotes = [{ key: gitKey, artifact: "clone" }];
    const others = {
      clone: { "deploy/kustomization.yaml": "resources: [../../kustomization-1/cm.yaml]\n" },
    };
    const result = build(
      {
        ...files,
        "kustomization.yaml": `resources: ["${repository}"]\n`,
        "cm.yaml": configMap("cm"),
      },
      {},
      { remotes },
      others,
    );
    expect(result.failure?.message).toContain("security; file");
  });
});

describe("what cannot be had", () => {
  it("fails with the host's reason in kustomize's words", () => {
    const address = "http://127.0.0.1:9/nothing.yaml";
    const remotes = [
      { key: `http:${address}`, unavailable: "dial tcp 127.0.0.1:9: connect: connection refused" },
    ];
    const result = build(
      { "a/kustomization.yaml": `resources: ["${address}"]\n` },
      { path: "a" },
      { remotes },
    );
    expect(result.failure?.message).toBe(
      `kustomize build failed: accumulating resources: accumulation err='accumulating resources from '${address}': Get "${address}": dial tcp 127.0.0.1:9: connect: connection refused': must build at directory: not a valid directory: evalsymlink failure on 'a/http:/127.0.0.1:9/nothing.yaml' : lstat a/http:: no such file or directory`,
    );
    expect(result.needs).toEqual([]);
  });

  it("is tried as a repository after a file that is not there", () => {
    const remotes = [{ key: httpKey, unavailable: "status 404" }];
    const result = build({ "kustomization.yaml": `resources: ["${file}"]\n` }, {}, { remotes });
    expect(result.needs.map(({ key }) => key)).toEqual(["git:https://raw.example.test/org/repo@"]);
  });
});
